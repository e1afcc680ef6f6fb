import { describe, expect, test } from 'vitest';
import { CATALOGUE, type CauseDescription, findCause } from '../../src/classify/catalogue.js';
import { PLATFORMS } from '../../src/classify/cause-description.js';
import { findNote, NOTES } from '../../src/classify/descriptions/notes.js';
import { fillNextSteps } from '../../src/classify/next-steps.js';

const causes: readonly CauseDescription[] = CATALOGUE;
const OUTCOMES = ['refused', 'filtered', 'timed-out', 'aborted', 'inconclusive'];

describe('the catalogue', () => {
  test('has every cause once, grouped by outcome', () => {
    expect(new Set(causes.map(({ id }) => id)).size).toBe(causes.length);
    const order = causes.map(({ outcome }) => OUTCOMES.indexOf(outcome));
    expect(order).toEqual(order.toSorted());
  });

  test('has within each outcome the more specific cause first', () => {
    const of = (outcome: string) => causes.filter((cause) => cause.outcome === outcome).map(({ id }) => id);
    expect(of('refused').at(-1)).toBe('port-closed');
    expect(of('filtered').at(-1)).toBe('port-dropped');
    expect(of('timed-out').at(-1)).toBe('host-silent');
  });

  test('finds a cause by its id, and nothing by anything else', () => {
    expect(findCause('port-closed')?.title).toBe('Nothing listens on the port');
    expect(findCause('toString')).toBeUndefined();
  });
});

describe.each(causes)('the description of $id', (cause) => {
  test('has a heading that is a short sentence without a full stop', () => {
    expect(cause.title).toMatch(/^[A-Z].*[^.]$/);
    expect(cause.title.length).toBeLessThanOrEqual(72);
  });

  test('says in one sentence what shows it', () => {
    expect(cause.shownBy).toMatch(/^[A-Z].*\.$/);
  });

  test('draws its ladder in ASCII of at most 72 columns', () => {
    const lines = cause.ladder.split('\n');
    expect(lines[0]).toBe('');
    for (const line of lines) expect(line).toMatch(/^[ -~]{0,72}$/);
  });

  test('tells it from causes that exist, and not from itself', () => {
    expect(cause.lookAlikes.length).toBeGreaterThan(0);
    for (const { cause: other, difference } of cause.lookAlikes) {
      expect(findCause(other)).toBeDefined();
      expect(other).not.toBe(cause.id);
      expect(difference).toMatch(/^there .*[^.]$/);
    }
  });

  test('has next steps without placeholders that nobody fills', () => {
    const steps = fillNextSteps(cause.id as never, { server: '10.0.0.5', port: 5432, client: '10.0.0.1' });
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      expect(step).not.toMatch(/(?<!%)\{[\w-]+\}|undefined/);
      expect(step).toMatch(/\.$/);
    }
  });

  test('has at most five next steps, and each command says what its result would mean', () => {
    expect(cause.nextSteps.length).toBeLessThanOrEqual(5);
    const commands = cause.nextSteps.filter(({ command }) => command !== undefined);
    for (const { text } of commands) expect(text.length).toBeGreaterThan(8);
    expect(new Set(commands.map(({ where, command }) => `${where} ${command}`)).size).toBe(commands.length);
  });

  test('says of systems, containers and clouds what is special there, in sentences', () => {
    const sections = Object.entries(cause.platforms);
    expect(sections.length).toBeGreaterThanOrEqual(3);
    for (const [platform, paragraphs] of sections) {
      expect(PLATFORMS).toContain(platform);
      expect(paragraphs.length).toBeGreaterThan(0);
      for (const paragraph of paragraphs) expect(paragraph).toMatch(/^[A-Z`!].*\.$/i);
    }
  });

  test('is told in ASCII, to be pasted anywhere', () => {
    expect(JSON.stringify(cause)).toMatch(/^[ -~]*$/);
  });
});

describe('next steps', () => {
  const ipv6 = { server: '2001:db8::5', port: 443, client: '2001:db8::1' };

  test('name the server, port and client', () => {
    expect(fillNextSteps('port-closed', { server: '10.0.0.5', port: 5432, client: '10.0.0.1' })[0]).toMatch(
      /^On 10\.0\.0\.5, `ss -ltnp 'sport = :5432'`: /,
    );
  });

  test('put IPv6 addresses in brackets only where a command needs them', () => {
    expect(fillNextSteps('answered-too-late', ipv6).join('\n')).toContain('http://[2001:db8::5]:443/');
    expect(fillNextSteps('stale-connection', ipv6).join('\n')).toContain('dst [2001:db8::1]');
    expect(fillNextSteps('host-silent', ipv6).join('\n')).toContain('ip route get 2001:db8::5');
  });

  test('use the tools for IPv6 where they differ', () => {
    expect(fillNextSteps('reject-port-unreachable', ipv6).join('\n')).toContain('ip6tables -vnL');
    expect(fillNextSteps('host-silent', ipv6).join('\n')).toContain('nmap -6 -Pn');
    expect(fillNextSteps('host-silent', ipv6).join('\n')).toContain('`route -n get -inet6 2001:db8::5`');
    expect(fillNextSteps('neighbor-unresolved', ipv6).join('\n')).toContain('`ndp -an`');
    expect(fillNextSteps('backend-silent', ipv6).join('\n')).toContain('conntrack -L -f ipv6 -p tcp');
  });

  test('say for which system a command is, where it is not Linux', () => {
    const steps = fillNextSteps('port-closed', { server: '10.0.0.5', port: 5432, client: '10.0.0.1' }).join('\n');
    expect(steps).toContain('On 10.0.0.5 (Windows), `Get-NetTCPConnection -State Listen -LocalPort 5432`: ');
    expect(steps).toContain('On 10.0.0.5 (macOS), `sudo lsof -nP -iTCP:5432 -sTCP:LISTEN`: ');
  });

  test('leave out what the version of IP does not have', () => {
    const filter = /TcpExtIPReversePathFilter/;
    expect(fillNextSteps('client-firewall', ipv6).join('\n')).not.toMatch(filter);
    expect(fillNextSteps('client-firewall', { ...ipv6, server: '10.0.0.5' }).join('\n')).toMatch(filter);
  });

  test('put CLIENT into commands, and a plain word before them, where it is not one client', () => {
    const steps = fillNextSteps('source-dropped', { server: '10.0.0.5', port: 5432 }).join('\n');
    expect(steps).toContain("'host CLIENT and tcp port 5432'");
    expect(fillNextSteps('port-dropped', { server: '10.0.0.5', port: 5432 }).join('\n')).toContain(
      'On the client, `nmap',
    );
  });

  test('probe each port once', () => {
    expect(fillNextSteps('host-silent', ipv6).join('\n')).toContain('-p 22,80,443 ');
  });
});

describe.each(NOTES)('the description of the note $code', ({ code, title, explanation }) => {
  test('has a heading, and paragraphs that are sentences', () => {
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(title.length).toBeLessThanOrEqual(72);
    expect(explanation.length).toBeGreaterThan(0);
    for (const paragraph of explanation) expect(paragraph).toMatch(/^[A-Z].*\.$/);
  });

  test('is told in ASCII, and under a code that is no cause', () => {
    expect(JSON.stringify([title, explanation])).toMatch(/^[ -~]*$/);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(findCause(code)).toBeUndefined();
    expect(findNote(code)?.title).toBe(title);
  });
});
