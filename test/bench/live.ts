/**
 * npm run bench -- --live: at which rate of packets each backend begins to lose some, and whether it misses any of 20,000
 * connections in ten seconds, of which each hundredth is refused. As root, on a cable into a network namespace; what is
 * captured is analysed at the same time, as in `synwhy live`. --quick shows that it runs, and no more.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Cable } from '../node/live/cable.js';
import { repositoryRoot, whatIsMissing } from '../tools.js';

const BACKENDS = ['dumpcap', 'tcpdump', 'cap'] as const;
type Backend = (typeof BACKENDS)[number];

const TRAFFIC = join(repositoryRoot(), 'test', 'bench', 'traffic.py');
const RATES = [25_000, 50_000, 100_000, 200_000, 300_000, 400_000, 600_000] as const;
const SECONDS = 3;
const QUICK_RATES = [5_000] as const;
const QUICK_SECONDS = 1;
const CONNECTIONS = { count: 20_000, seconds: 10 } as const;
const QUICK_CONNECTIONS = { count: 200, seconds: 1 } as const;
const PORT = 7201;
const CLOSED_PORT = 7202;

/** Of the command's report, what is looked at here. */
interface Report {
  summary: { established: number; refused: number };
  captures: { packets: number }[];
  quality: { droppedByKernel: number | null; warnings: { code: string; text: string }[] };
}

interface Outcome {
  /** What the generator says that it sent, and how long it took. */
  sent: number;
  seconds: number;
  /** Of connections: what became of them at the client. */
  established: number;
  refused: number;
  report: Report;
  captured: number;
}

/** Measures all backends that can be used here, and prints tables. */
export async function benchLive(isQuick: boolean): Promise<void> {
  const missing = ['namespaces', 'ip', 'nft', 'python3'].map(whatIsMissing).filter((need) => need !== undefined);
  if (missing.length > 0) throw new Error(missing.join(', '));
  const backends = BACKENDS.filter((backend) => whatIsMissing(backend) === undefined);
  const cable = new Cable();
  try {
    await measureRates(cable, backends, isQuick ? QUICK_RATES : RATES, isQuick ? QUICK_SECONDS : SECONDS);
    await measureConnections(cable, backends, isQuick ? QUICK_CONNECTIONS : CONNECTIONS);
  } finally {
    cable.close();
  }
}

async function measureRates(
  cable: Cable,
  backends: readonly Backend[],
  rates: readonly number[],
  seconds: number,
): Promise<void> {
  console.log(`\n60-byte frames for ${seconds} s: packets lost, and what the backend says of it`);
  for (const rate of rates) {
    for (const backend of backends) {
      const command = ['frames', 'far', String(rate), String(seconds)];
      const outcome = await captureDuring(backend, cable, 'ether src 02:00:00:00:00:78', command);
      const lost = outcome.sent - outcome.captured;
      const share = ((100 * lost) / outcome.sent).toFixed(2);
      const reached = Math.round(outcome.sent / outcome.seconds);
      console.log(`${count(reached)}/s  ${backend.padEnd(8)} ${count(lost)} lost (${share} %)  ${words(outcome)}`);
    }
  }
}

async function measureConnections(
  cable: Cable,
  backends: readonly Backend[],
  { count: connections, seconds }: { count: number; seconds: number },
): Promise<void> {
  console.log(`\n${connections} connections in ${seconds} s, each hundredth refused: what was seen of them`);
  const server = spawn('python3', [TRAFFIC, 'serve', cable.hostAddress, String(PORT)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(server.stdout as NodeJS.ReadableStream, 'data');
    await runIn(cable, 'sysctl', '-qw', 'net.ipv4.ip_local_port_range=10000 65535');
    for (const backend of backends) {
      const ports = [PORT, CLOSED_PORT, connections, seconds].map(String);
      const outcome = await captureDuring(backend, cable, 'tcp or icmp', ['connect', cable.hostAddress, ...ports]);
      const { established, refused } = outcome.report.summary;
      console.log(
        `${backend.padEnd(8)} ${established} of ${outcome.established} established, ` +
          `${refused} of ${outcome.refused} refused, ${outcome.seconds.toFixed(1)} s, ${outcome.captured} packets; ${words(outcome)}`,
      );
    }
  } finally {
    server.kill('SIGKILL');
  }
}

/** Has the command capture and analyse while a program makes traffic at the cable's other end. */
async function captureDuring(
  backend: Backend,
  cable: Cable,
  filter: string,
  traffic: readonly string[],
): Promise<Outcome> {
  const words = ['live', '-i', cable.name, '--backend', backend, '-f', filter, '-F', 'json', '--no-host-facts'];
  const live = spawn(process.execPath, [join(repositoryRoot(), 'bin', 'synwhy.js'), ...words]);
  let [printed, complaints] = ['', ''];
  live.stdout.on('data', (text) => {
    printed += text;
  });
  const begun = new Promise<void>((resolve) => {
    live.stderr.on('data', (text) => {
      complaints += text;
      if (complaints.includes('Ctrl-C')) resolve();
    });
  });
  const ended = once(live, 'close');
  await Promise.race([begun, ended]);
  const said = await runIn(cable, 'python3', TRAFFIC, ...traffic);
  live.kill('SIGINT');
  const [status] = await ended;
  if (status !== 0) throw new Error(complaints);
  const [sent = 0, seconds = 0, established = 0, refused = 0] = said.trim().split(' ').map(Number);
  const report: Report = JSON.parse(printed);
  return { sent, seconds, established, refused, report, captured: report.captures[0]?.packets ?? 0 };
}

async function runIn(cable: Cable, ...command: readonly string[]): Promise<string> {
  const child: ChildProcess = spawn('ip', ['netns', 'exec', cable.namespace, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${command.join(' ')} failed`);
  return said;
}

/** What the command says of losses. */
function words({ report: { quality } }: Outcome): string {
  if (quality.droppedByKernel !== null) return `it tells of ${quality.droppedByKernel}`;
  return quality.warnings.find(({ code }) => code === 'drops-unknown')?.text ?? 'losses are not known';
}

function count(value: number): string {
  return value.toLocaleString('en').padStart(9);
}
