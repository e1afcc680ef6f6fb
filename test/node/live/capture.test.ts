import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Analyzer } from '../../../src/analyze.js';
import {
  BACKENDS,
  type Backend,
  type CaptureSession,
  CaptureStartError,
} from '../../../src/node/live/capture-session.js';
import { openCapture } from '../../../src/node/live/open-capture.js';
import { readAll } from '../../capture/read-all.js';
import { needsTool, whatIsMissing } from '../../tools.js';
import { ACCEPTED_PORT, Cable, connectTo, DROPPED_PORT, REFUSED_PORT, REJECTED_PORT } from './cable.js';

const LIMIT_MS = 60_000;
const NEEDS = ['namespaces', 'ip', 'nft', 'python3'] as const;

let cable: Cable;
const more: Cable[] = [];

beforeAll(async () => {
  if (NEEDS.some((need) => whatIsMissing(need) !== undefined)) return;
  cable = new Cable();
  await cable.serve();
});
afterEach(() => {
  for (const other of more.splice(0)) other.close();
});
afterAll(() => cable?.close());

function anotherCable(name?: string): Cable {
  const other = new Cable(name);
  more.push(other);
  return other;
}

/** All bytes of a session, once it has ended. */
async function readToEnd(session: CaptureSession, chunks: Uint8Array[] = []): Promise<Uint8Array[]> {
  for await (const chunk of session.chunks()) chunks.push(chunk);
  return chunks;
}

/** Waits until so many packets have come out. */
async function untilCaptured(chunks: readonly Uint8Array[], packets: number): Promise<void> {
  while ((judge(chunks).packets ?? 0) < packets) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What the packets say: of each port how its attempt ended, and how many packets there were. */
function judge(chunks: readonly Uint8Array[]) {
  const analyzer = new Analyzer({ all: true });
  const input = analyzer.addCapture('live');
  for (const chunk of chunks) input.push(chunk);
  input.end();
  const { attempts, captures } = analyzer.finish();
  const verdicts = attempts.map(({ server, outcome, cause }) => [server.port, cause ?? outcome] as const);
  return { verdicts: Object.fromEntries(verdicts), packets: captures[0]?.packets };
}

function openOn(backend: Backend | 'auto', interfaceName: string, filter?: string): Promise<CaptureSession> {
  return openCapture({ backend, interfaceName, ...(filter === undefined ? {} : { filter }) });
}

/** The error of a capture that must not begin. */
async function refusalOf(opening: Promise<CaptureSession>): Promise<CaptureStartError> {
  const error = await opening.then(
    async (session) => {
      await session.stop();
      return new Error('it began');
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CaptureStartError);
  return error as CaptureStartError;
}

describe.each(BACKENDS)('%s', (backend) => {
  test(
    'captures what is accepted, refused, rejected and dropped, and says what was lost or that it cannot know',
    async (context) => {
      needsTool(context, ...NEEDS, backend);
      const session = await openOn(backend, cable.name, 'tcp or icmp or icmp6 or arp');
      const reading = readToEnd(session);
      // The first at once: from here on every packet is captured.
      expect(await cable.connect(REFUSED_PORT)).toBe('ECONNREFUSED');
      expect(await cable.connect(REJECTED_PORT)).toBe('EHOSTUNREACH');
      expect(await cable.connect(ACCEPTED_PORT)).toBe('connected');
      expect(await cable.connect(DROPPED_PORT, 1500)).toBe('silent');
      // The last ones as well: what the kernel has must not be lost by ending.
      expect(await cable.connect(REFUSED_PORT + 100)).toBe('ECONNREFUSED');
      await session.stop();
      const { verdicts, packets } = judge(await reading);
      expect(verdicts).toMatchObject({
        [REFUSED_PORT]: 'port-closed',
        [REJECTED_PORT]: 'admin-prohibited',
        [ACCEPTED_PORT]: 'established',
        [REFUSED_PORT + 100]: 'port-closed',
      });
      expect(Object.keys(verdicts)).toContain(String(DROPPED_PORT));
      expect(session.failure).toBeUndefined();
      const statistics = session.statistics();
      if (backend === 'cap') {
        expect(statistics).toEqual({
          received: packets,
          dropped: null,
          droppedByInterface: null,
          why: 'cap does not tell what the kernel lost',
        });
      } else {
        expect(statistics).toMatchObject({ dropped: 0, droppedByInterface: 0 });
        // More may have come after what was asked to be kept.
        expect(statistics.received).toBeGreaterThanOrEqual(packets ?? 0);
      }
    },
    LIMIT_MS,
  );

  test(
    'captures the packet that is sent right after it was opened, every time',
    async (context) => {
      needsTool(context, ...NEEDS, backend);
      for (let turn = 0; turn < 3; turn += 1) {
        const port = 7100 + turn;
        const session = await openOn(backend, cable.name, `tcp port ${port}`);
        const reading = readToEnd(session);
        await cable.connect(port);
        await session.stop();
        expect(judge(await reading)).toEqual({ verdicts: { [port]: 'port-closed' }, packets: 2 });
      }
    },
    LIMIT_MS,
  );

  test('ends by itself after as many packets as were asked for', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const session = await openCapture({ backend, interfaceName: cable.name, filter: 'tcp', packets: 3 });
    const reading = readToEnd(session);
    await cable.connect(REFUSED_PORT);
    await cable.connect(REFUSED_PORT);
    expect(judge(await reading).packets).toBe(3);
    expect(session.failure).toBeUndefined();
  });

  test('cuts packets as it is told', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const session = await openCapture({
      backend,
      interfaceName: cable.name,
      filter: 'tcp',
      snapLength: 60,
      packets: 2,
    });
    const reading = readToEnd(session);
    await cable.connect(REFUSED_PORT);
    const { packets } = readAll(Buffer.concat(await reading));
    // A SYN with its options, and the reset.
    expect(packets.map(({ bytes }) => bytes.length / 2)).toEqual([60, 54]);
    if (backend !== 'cap') expect(packets.map(({ originalBytes }) => originalBytes)).toEqual([74, 54]);
  });

  test.for<[string, string, RegExp]>([
    ['a filter that is none', 'hsot 10.0.0.1', /syntax error/],
    ['a protocol that is none', 'tcp porrt 80', /syntax error|porrt/],
    ['an option in its place', '--version', /syntax error/],
  ])('%s is told in the words of libpcap', async ([, filter, words], context) => {
    needsTool(context, ...NEEDS, backend);
    const { code, message } = await refusalOf(openOn(backend, cable.name, filter));
    expect(code).toBe('bad-filter');
    expect(message).toMatch(words);
    expect(message).toContain(filter);
  });

  test('an interface that is down is told', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const other = anotherCable();
    execFileSync('ip', ['link', 'set', other.name, 'down']);
    const { code, message } = await refusalOf(openOn(backend, other.name));
    expect([code, message]).toEqual(['interface-down', `the interface ${other.name} is down`]);
  });

  test('an interface that is not there is told, with those that are', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const { code, message } = await refusalOf(openOn(backend, 'nope0'));
    expect(code).toBe('no-such-interface');
    expect(message).toMatch(/^there is no interface nope0; there are .*\blo\b.*\bany$/);
  });

  test('an interface that vanishes ends the capture, and what was captured is there', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const other = anotherCable();
    const session = await openOn(backend, other.name, 'tcp');
    const chunks: Uint8Array[] = [];
    const reading = readToEnd(session, chunks);
    expect(await other.connect(REFUSED_PORT)).toBe('ECONNREFUSED');
    // What a vanishing interface still had would be lost with it.
    await untilCaptured(chunks, 2);
    other.remove();
    expect(judge(await reading).verdicts).toEqual({ [REFUSED_PORT]: 'port-closed' });
    expect(session.failure).toBe(`the interface ${other.name} vanished or went down`);
    await session.stop();
  });

  test('leaving the loop over the chunks ends the capture', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const session = await openOn(backend, cable.name, 'tcp');
    await cable.connect(REFUSED_PORT);
    for await (const _ of session.chunks()) break;
    await session.stop();
    expect(processesOf(cable.name)).toEqual([]);
  });

  test('captures on lo and on all interfaces at once', async (context) => {
    needsTool(context, ...NEEDS, backend);
    for (const interfaceName of ['lo', 'any']) {
      const session = await openOn(backend, interfaceName, `tcp port ${REFUSED_PORT + 200}`);
      const reading = readToEnd(session);
      await connectTo('127.0.0.1', REFUSED_PORT + 200);
      await session.stop();
      expect(judge(await reading).verdicts).toEqual({ [REFUSED_PORT + 200]: 'port-closed' });
    }
  });

  test.for(['-x', '$(id)"\'', 'ünï,b'])('captures on an interface called %s', async (name, context) => {
    needsTool(context, ...NEEDS, backend);
    const other = anotherCable(name);
    const session = await openOn(backend, other.name, 'tcp');
    const reading = readToEnd(session);
    await other.connect(REFUSED_PORT);
    await session.stop();
    expect(judge(await reading).verdicts).toEqual({ [REFUSED_PORT]: 'port-closed' });
  });
});

describe.each(BACKENDS)('%s as a process', (backend) => {
  test('when it is killed, what it gave is there and the failure says so', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const session = await openOn(backend, cable.name, 'tcp');
    const chunks: Uint8Array[] = [];
    const reading = readToEnd(session, chunks);
    await cable.connect(REFUSED_PORT);
    await untilCaptured(chunks, 2);
    const [pid] = processesOf(cable.name);
    process.kill(Number(pid), 'SIGKILL');
    expect(judge(await reading).verdicts).toEqual({ [REFUSED_PORT]: 'port-closed' });
    expect(session.failure).toBe(`${backend} was killed (SIGKILL)`);
    expect(session.statistics()).toEqual({
      received: null,
      dropped: null,
      droppedByInterface: null,
      why: `${backend} did not tell what it lost`,
    });
    await session.stop();
    expect(processesOf(cable.name)).toEqual([]);
  });

  test('says that losses are not known while it runs', async (context) => {
    needsTool(context, ...NEEDS, backend);
    const session = await openOn(backend, cable.name, 'tcp');
    expect(session.statistics()).toMatchObject({ dropped: null, why: `${backend} tells what it lost when it ends` });
    await Promise.all([session.stop(), readToEnd(session)]);
    expect(session.statistics().received).not.toBeNull();
  });
});

describe('which backend', () => {
  test('auto takes the first that works and says which', async (context) => {
    needsTool(context, ...NEEDS, 'dumpcap', 'tcpdump');
    const session = await openOn('auto', cable.name);
    await Promise.all([session.stop(), readToEnd(session)]);
    expect([session.backend, session.choice]).toEqual(['dumpcap', [`Capturing on ${cable.name} with dumpcap.`]]);
  });

  test('an interface whose name is a number is left to those that do not take it for a place in a list', async (context) => {
    needsTool(context, ...NEEDS, 'dumpcap', 'tcpdump');
    const name = String(70_000 + (process.pid % 10_000));
    anotherCable(name);
    const session = await openOn('auto', name);
    await Promise.all([session.stop(), readToEnd(session)]);
    expect(session.choice).toEqual([
      `Not with dumpcap: it takes ${name} for a place in its list of interfaces.`,
      `Capturing on ${name} with tcpdump.`,
    ]);
  });

  test('without its program, it is told what to install', async () => {
    const path = process.env.PATH;
    try {
      process.env.PATH = '/nowhere';
      const { code, message } = await refusalOf(openOn('dumpcap', 'lo'));
      expect([code, message.split('\n')]).toEqual([
        'no-backend',
        [
          'nothing can capture here',
          'Not with dumpcap: dumpcap is not installed.',
          'Install dumpcap (it comes with Wireshark) or tcpdump.',
        ],
      ]);
    } finally {
      process.env.PATH = path;
    }
  });
});

/** The capturing processes that run on an interface; not those of another one whose name begins so. */
function processesOf(interfaceName: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,comm=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => /^ *\d+ (?:dumpcap|tcpdump|node\S*|MainThread) /.test(line))
    .filter((line) => line.includes(`-i ${interfaceName} `) || line.includes(`"interfaceName":"${interfaceName}"`))
    .map((line) => line.trim().split(' ')[0] as string);
}
