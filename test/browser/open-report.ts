/** Opens HTML reports in Debian's Chromium, as somebody does who got one: from disk, without a network. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { HtmlOptions } from '../../src/report/html.js';
import { renderHtml } from '../../src/report/html.js';
import type { Report } from '../../src/report/model.js';
import { findProgram, needsTool } from '../tools.js';

/** A report in a browser, and what the browser complained of or asked for. */
export interface OpenReport {
  page: Page;
  /** Errors and warnings of the console, and errors that no script caught. */
  complaints: string[];
  /** What was asked for beside the file itself. */
  requests: string[];
}

/** A browser and the files that it opens; to be closed in the end. */
export class ReportBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'synwhy-html-'));
  #browser: Promise<Browser> | undefined;

  /** Writes the report to a file and opens that. `hash` stands behind its address, as in a link to an attempt. */
  async open(
    report: Report,
    options: BrowserContextOptions & HtmlOptions & { hash?: string } = {},
  ): Promise<OpenReport> {
    const { hash = '', command, ...context } = options;
    const path = join(this.#folder, 'report.html');
    writeFileSync(path, renderHtml(report, command === undefined ? {} : { command }));
    this.#browser ??= chromium.launch({
      executablePath: findProgram('chromium') ?? '',
      // Chromium refuses to make its sandbox where root runs it.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    const page = await (await (await this.#browser).newContext(context)).newPage();
    const opened: OpenReport = { page, complaints: [], requests: [] };
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) opened.complaints.push(message.text());
    });
    page.on('pageerror', (error) => opened.complaints.push(error.message));
    const { href } = pathToFileURL(path);
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== href) opened.requests.push(request.url());
    });
    await page.goto(href + hash);
    return opened;
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Skips the test where there is no Chromium. */
export function needsBrowser(context: Parameters<typeof needsTool>[0]): void {
  needsTool(context, 'chromium');
}
