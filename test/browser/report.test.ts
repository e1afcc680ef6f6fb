import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, type TestContext, test } from 'vitest';
import type { Report } from '../../src/report/model.js';
import { HOSTILE_TEXTS, hostileReport, manyAttempts } from '../report/html-reports.js';
import { emptyReport, failuresReport } from '../report/sample-reports.js';
import { needsBrowser, type OpenReport, ReportBrowser } from './open-report.js';

const LIMIT_MS = 120_000;
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = new ReportBrowser();
afterAll(() => browser.close());

const several = manyAttempts(400);

/** Opens a report and closes it again; whatever is done with it, it must neither complain nor ask for anything. */
async function inBrowser(
  context: TestContext,
  report: Report,
  options: Parameters<ReportBrowser['open']>[1],
  act: (opened: OpenReport) => Promise<void>,
): Promise<void> {
  needsBrowser(context);
  const opened = await browser.open(report, { viewport: DESKTOP, ...options });
  await act(opened);
  expect(opened.complaints).toEqual([]);
  expect(opened.requests).toEqual([]);
  await opened.page.context().close();
}

function idsShown(page: Page): Promise<number[]> {
  return page
    .locator('.attempts-table tbody tr')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-attempt'))));
}

/** What axe finds wrong, each with the first element that shows it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results: AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}`);
}

describe('the HTML report in a browser', { timeout: LIMIT_MS }, () => {
  test('opens from disk without an error and without asking for anything', async (context) => {
    for (const report of [several, failuresReport, emptyReport]) {
      await inBrowser(context, report, {}, async ({ page }) => {
        expect(await page.locator('h1').innerText()).toMatch(/failed|No TCP handshake/);
        expect(await page.evaluate(() => document.characterSet)).toBe('UTF-8');
      });
    }
  });

  test('could not ask for anything if it wanted to, nor run what was put into it', async (context) => {
    needsBrowser(context);
    const { page } = await browser.open(failuresReport);
    const failures: (string | undefined)[] = [];
    page.on('requestfailed', (request) => failures.push(request.failure()?.errorText));
    const outcomes = await page.evaluate(async () => {
      const element = document.createElement('div');
      element.innerHTML =
        '<img src="https://192.0.2.1/x.png"><b onclick="globalThis.isTaken = true" style="color: red">x</b>';
      document.body.append(element);
      element.querySelector('b')?.click();
      const script = document.createElement('script');
      script.textContent = 'globalThis.isTaken = true';
      document.body.append(script);
      const asked = await fetch('https://192.0.2.1/').then(
        () => 'answered',
        () => 'blocked',
      );
      return { asked, color: getComputedStyle(element.querySelector('b')!).color, isTaken: 'isTaken' in globalThis };
    });
    expect(outcomes).toMatchObject({ asked: 'blocked', isTaken: false });
    expect(outcomes.color).not.toBe('rgb(255, 0, 0)');
    // Chromium tells of the image that it would ask for, and that the policy stopped it.
    await expect.poll(() => failures).toEqual(['csp']);
    await page.context().close();
  });

  test('tells findings and evidence where scripts are turned off', async (context) => {
    await inBrowser(context, failuresReport, { javaScriptEnabled: false }, async ({ page }) => {
      expect(await page.locator('article').count()).toBe(3);
      expect(await page.locator('article svg.ladder').count()).toBe(3);
      expect(await page.locator('noscript').innerText()).toContain('need JavaScript');
      expect(await page.locator('.copy').first().isVisible()).toBe(false);
    });
  });

  test('runs nothing of what stands in a capture, and shows it as text', async (context) => {
    for (const text of HOSTILE_TEXTS) {
      await inBrowser(context, hostileReport(text), { command: text }, async ({ page }) => {
        await page.evaluate(() => {
          location.hash = 'attempt-2';
        });
        await page.locator('dialog[open]').waitFor();
        expect(await page.evaluate('globalThis.isTaken')).toBeUndefined();
        expect(await page.locator('img, iframe, object').count()).toBe(0);
        expect(await page.locator('script').count()).toBe(2);
        const visible = await page.locator('body').innerText();
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left.
        expect(visible).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e]/);
        if (text.startsWith('<')) expect(visible).toContain(text);
      });
    }
  });
});

describe('names of any length', { timeout: LIMIT_MS }, () => {
  test('break into lines and push nothing off the page', async (context) => {
    const name = 'x'.repeat(300);
    const attempts = failuresReport.attempts.map((attempt) => ({
      ...attempt,
      client: { ...attempt.client, name },
      server: { ...attempt.server, name },
    }));
    const findings = failuresReport.findings.map((finding) => ({ ...finding, server: { ...finding.server, name } }));
    const captures = [{ ...failuresReport.captures[0], name: `${name}.pcap` }];
    for (const viewport of [PHONE, DESKTOP]) {
      await inBrowser(context, { ...failuresReport, attempts, findings, captures }, { viewport }, async ({ page }) => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      });
    }
  });
});

describe('the table of attempts in a browser', { timeout: LIMIT_MS }, () => {
  test('sorts by a heading, and the other way at the second click', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      expect(await idsShown(page)).toEqual(several.attempts.slice(0, 50).map(({ id }) => id));
      const byDuration = [...several.attempts].sort(
        (one, other) => one.durationMs - other.durationMs || one.id - other.id,
      );
      const heading = page.getByRole('columnheader', { name: 'Took' });
      await heading.getByRole('button').click();
      expect(await heading.getAttribute('aria-sort')).toBe('ascending');
      expect(await idsShown(page)).toEqual(byDuration.slice(0, 50).map(({ id }) => id));
      await heading.getByRole('button').click();
      expect(await heading.getAttribute('aria-sort')).toBe('descending');
      const [longest] = await idsShown(page);
      expect(several.attempts[longest - 1].durationMs).toBe(byDuration.at(-1)?.durationMs);
    });
  });

  test('searches and filters, and shows everything again', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      await page.getByRole('searchbox').fill('host-3.lan');
      const named = several.attempts.filter(({ client }) => client.name === 'host-3.lan');
      expect(await idsShown(page)).toEqual(named.map(({ id }) => id));
      await page.getByRole('button', { name: 'refused', exact: true }).click();
      const refused = named.filter(({ outcome }) => outcome === 'refused');
      expect(await idsShown(page)).toEqual(refused.map(({ id }) => id));
      await page.getByRole('button', { name: /Show all/ }).click();
      expect(await page.locator('.range').first().innerText()).toBe('1 to 50 of 400');
      await page.getByLabel('Why').selectOption({ label: 'No answer of any kind from the target' });
      for (const id of await idsShown(page)) expect(several.attempts[id - 1].cause).toBe('host-silent');
    });
  });

  test('goes from page to page', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      await page.getByRole('button', { name: 'Last page' }).first().click();
      expect((await idsShown(page)).at(-1)).toBe(400);
      await page.getByRole('button', { name: 'Previous page' }).first().click();
      expect((await idsShown(page))[0]).toBe(301);
    });
  });

  test('shows the attempts of a finding', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      await page
        .getByRole('button', { name: /^Show its/ })
        .first()
        .click();
      const [first] = await idsShown(page);
      const finding = several.findings.find(({ attemptIds }) => attemptIds[0] === first);
      expect(await idsShown(page)).toEqual(finding?.attemptIds.slice(0, 50));
    });
  });

  test('stays quick with 100,000 attempts', async (context) => {
    await inBrowser(context, manyAttempts(100_000), {}, async ({ page }) => {
      expect(await page.locator('.range').first().innerText()).toBe('1 to 50 of 100,000');
      await page.getByRole('columnheader', { name: 'Client' }).getByRole('button').click();
      await page.getByRole('searchbox').fill('10.1.3. refused');
      expect(await page.locator('.range').first().innerText()).toMatch(/^1 to 50 of [\d,]{5,6}$/);
      await page.getByRole('searchbox').fill('#99999');
      expect(await idsShown(page)).toEqual([99_999]);
      await page.getByRole('link', { name: 'Attempt 99999' }).click();
      expect(await page.locator('dialog[open] h2').innerText()).toBe('Attempt 99999');
    });
  });
});

describe('an attempt in a browser', { timeout: LIMIT_MS }, () => {
  test('is opened by its link, with its evidence and its ladder', async (context) => {
    await inBrowser(context, failuresReport, { hash: '#attempt-2' }, async ({ page }) => {
      const dialog = page.getByRole('dialog', { name: 'Attempt 2' });
      expect(await dialog.innerText()).toContain('SYNs in frames 14, 15, 18 and 21 stay unanswered');
      const ladder = dialog.getByRole('img');
      expect(await ladder.getAttribute('aria-label')).toContain('At 7.06 s, SYN to the server in frame 21');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await expect.poll(() => new URL(page.url()).hash).toBe('');
    });
  });

  test('is closed by Back, and the focus is where it was', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      const link = page.locator('.attempts-table').getByRole('link', { name: 'Attempt 7', exact: true });
      await link.click();
      await page.getByRole('dialog', { name: 'Attempt 7' }).waitFor();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('dialog', { name: 'Attempt 8' }).waitFor();
      await page.goBack();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await expect.poll(() => new URL(page.url()).hash).toBe('');
      await expect.poll(() => link.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });

  test('that is not listed is said not to be', async (context) => {
    await inBrowser(context, failuresReport, { hash: '#attempt-77' }, async ({ page }) => {
      expect(await page.locator('#announcement').innerText()).toBe('Attempt 77 is not listed in this report');
    });
  });
});

describe('the picture of attempts in a browser', { timeout: LIMIT_MS }, () => {
  test('leads to an attempt by keyboard, and says which one it is at', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      const picture = page.getByRole('application');
      await picture.focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', '+', '+'])
        await page.keyboard.press(key);
      await expect.poll(() => page.locator('#announcement').textContent()).toMatch(/^Attempt 2, /);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Attempt 2' }).waitFor();
    });
  });

  test('leads to an attempt by a click, told before by a tip', async (context) => {
    await inBrowser(context, { ...failuresReport, attempts: [failuresReport.attempts[1]] }, {}, async ({ page }) => {
      const picture = page.getByRole('application');
      await picture.scrollIntoViewIfNeeded();
      const box = await picture.boundingBox();
      // The only attempt begins at the left end.
      const at = { x: (box?.x ?? 0) + 16, y: (box?.y ?? 0) + 52 };
      await page.mouse.move(at.x, at.y);
      await expect.poll(() => page.locator('.tip').innerText()).toMatch(/^Attempt 2, timed-out: No answer of any kind/);
      await page.mouse.click(at.x, at.y);
      await page.getByRole('dialog', { name: 'Attempt 2' }).waitFor();
    });
  });

  test('zooms by buttons, and by the wheel only together with Ctrl, which scrolls the page alone', async (context) => {
    await inBrowser(context, failuresReport, {}, async ({ page }) => {
      const picture = page.getByRole('application');
      await picture.scrollIntoViewIfNeeded();
      const tip = page.locator('.tip');
      /** Whether the first attempt stands at the left end, where it is while the whole time is shown. */
      const isWhole = async () => {
        const box = (await picture.boundingBox())!;
        await page.mouse.move(box.x + box.width / 2, box.y + 10);
        await page.mouse.move(box.x + 14, box.y + 50);
        return tip.isVisible();
      };
      await expect.poll(isWhole).toBe(true);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await expect.poll(isWhole).toBe(false);
      await page.getByRole('button', { name: 'Whole time' }).click();
      await expect.poll(isWhole).toBe(true);

      const box = (await picture.boundingBox())!;
      await page.mouse.move(box.x + box.width - 30, box.y + 50);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -600);
      await page.keyboard.up('Control');
      await expect.poll(isWhole).toBe(false);
      await page.getByRole('button', { name: 'Whole time' }).click();
      const before = await page.evaluate(() => scrollY);
      await page.mouse.move(box.x + box.width - 30, box.y + 50);
      await page.mouse.wheel(0, -200);
      await expect.poll(() => page.evaluate(() => scrollY)).toBeLessThan(before);
      await expect.poll(isWhole).toBe(true);
    });
  });

  test('is there as numbers too', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      await page.getByText('The same as numbers').click();
      const cells = await page.locator('.lanes-table td').allInnerTexts();
      expect(cells.reduce((total, cell) => total + Number(cell), 0)).toBe(400);
    });
  });
});

describe('the HTML report on paper', { timeout: LIMIT_MS }, () => {
  /** The colour of the picture's first lane and of the text. */
  const colors = (page: Page) =>
    page.evaluate(() => {
      // Read from a copy: Chromium warns of reading from a canvas that is drawn on by the graphics card.
      const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(document.querySelector('canvas')!, 4, 60, 1, 1, 0, 0, 1, 1);
      const pixel = copy.getImageData(0, 0, 1, 1).data;
      return { picture: [...pixel], text: getComputedStyle(document.body).color };
    });

  test('is light, also where the screen is dark, and leaves out what one cannot click there', async (context) => {
    await inBrowser(context, several, { colorScheme: 'dark' }, async ({ page }) => {
      await expect.poll(async () => (await colors(page)).picture[3]).toBe(255);
      const onScreen = await colors(page);
      expect(Math.max(...onScreen.picture.slice(0, 3))).toBeLessThan(80);
      await page.emulateMedia({ media: 'print' });
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      const printed = await colors(page);
      expect(Math.min(...printed.picture.slice(0, 3))).toBeGreaterThan(200);
      expect(printed.text).not.toBe(onScreen.text);
      expect(
        await page.locator('.copy:visible, .controls:visible, .toolbar:visible, .pager button:visible').count(),
      ).toBe(0);
      expect(await page.locator('article').first().isVisible()).toBe(true);
      await page.emulateMedia({ media: 'screen' });
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      await expect.poll(() => colors(page)).toEqual(onScreen);
    });
  });

  test('makes pages, of a single attempt where one is open', async (context) => {
    await inBrowser(context, several, {}, async ({ page }) => {
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
      await page.evaluate(() => {
        location.hash = 'attempt-2';
      });
      await page.locator('dialog[open]').waitFor();
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('article:visible').count()).toBe(0);
      expect(await page.getByRole('dialog', { name: 'Attempt 2' }).isVisible()).toBe(true);
    });
  });
});

describe('a copy button in a browser', { timeout: LIMIT_MS }, () => {
  test('copies the command or filter beside it', async (context) => {
    await inBrowser(
      context,
      failuresReport,
      { permissions: ['clipboard-read', 'clipboard-write'] },
      async ({ page }) => {
        await page.getByRole('button', { name: 'Copy the Wireshark filter' }).first().click();
        await page.locator('[data-told=Copied]').waitFor();
        const { displayFilter } = failuresReport.findings.find(({ outcome }) => outcome === 'refused')!;
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(displayFilter);
      },
    );
  });
});

describe('axe finds nothing wrong with the HTML report', { timeout: LIMIT_MS }, () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, viewport] of [
      ['on a desktop', DESKTOP],
      ['on a phone', PHONE],
    ] as const) {
      test(`${name}, ${colorScheme}, with and without an attempt open`, async (context) => {
        await inBrowser(
          context,
          several,
          { colorScheme, viewport, command: 'synwhy web.pcapng -o report.html' },
          async ({ page }) => {
            expect(await violations(page)).toEqual([]);
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            expect(overflow).toBeLessThanOrEqual(0);
            await page.evaluate(() => {
              location.hash = 'attempt-2';
            });
            await page.locator('dialog[open]').waitFor();
            expect(await violations(page)).toEqual([]);
          },
        );
      });
    }
  }

  test('where nothing failed', async (context) => {
    const summary = { ...emptyReport.summary, attempts: 412, established: 412 };
    await inBrowser(context, { ...emptyReport, summary }, {}, async ({ page }) => {
      expect(await violations(page)).toEqual([]);
    });
  });
});
