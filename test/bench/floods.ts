/**
 * Writes the floods of the benchmark: what an attack, a scan or an overloaded server makes of a capture, so that every
 * packet may be about another connection and few of them ever end.
 */
import { ACK, CaptureWriter, createRandom, HEADER_BYTES, RST, SEED, SYN, swapPorts } from './generate.js';

/** A flood, in a size of its own. */
export interface Flood {
  name: 'syn-flood' | 'scan' | 'half-open';
  title: string;
  /** SYNs in it. */
  attempts: number;
}

const HOSTS = 1 << 16;
const FIRST_SCANNED_PORT = 20;
const SCANNED_PORTS = 306;

/** The floods in the sizes that memory has to hold for. */
export const FLOODS: readonly Flood[] = [
  { name: 'syn-flood', title: '20 million SYNs of spoofed sources to one port', attempts: 20e6 },
  {
    name: 'scan',
    title: `20 million probes of one host: ${SCANNED_PORTS} ports of a /16`,
    attempts: SCANNED_PORTS * HOSTS,
  },
  { name: 'half-open', title: '10 million connections that stay half-open', attempts: 10e6 },
];

const VICTIM = 0x0a00_0005;
const SCANNER = 0xac10_0001;
const SCANNED_NETWORK = 0x0a14_0000;
/** A scanner takes so many hosts at a time, each port of all of them before the next one. */
const HOSTS_AT_A_TIME = 256;
/** One address in so many is a host's, which refuses what it does not serve; the others are silent. */
const ADDRESSES_PER_HOST = 32;
const OPEN_PORTS: readonly number[] = [22, 80, 443];
const SERVERS = 256;
const FIRST_PORT = 1024;

/** Writes a flood as a pcap, the same each time. */
export function generateFlood(path: string, { name, attempts }: Flood): void {
  const writer = new CaptureWriter(path, 'pcap');
  ({ 'syn-flood': writeSynFlood, scan: writeScan, 'half-open': writeHalfOpen })[name](writer, attempts);
  writer.close();
}

/** As hping3 --flood --rand-source makes it; nothing is answered. */
function writeSynFlood(writer: CaptureWriter, attempts: number): void {
  const random = createRandom(SEED);
  while (writer.packets < attempts) {
    const source = random(0xffff_ffff);
    const network = source >>> 24;
    if (network === 0 || network === 10 || network === 127 || network >= 224) continue;
    writer.write(source, VICTIM, portsTo(80, random(64_512)), SYN, random(0xffff_ffff), 0, HEADER_BYTES);
  }
}

/** As masscan and nmap -sS do it: from one port, a RST for whoever answers with SYN-ACK. */
function writeScan(writer: CaptureWriter, attempts: number): void {
  const random = createRandom(SEED);
  const isHost = Array.from({ length: HOSTS }, () => random(ADDRESSES_PER_HOST) === 0);
  let probes = 0;
  for (let group = 0; group < HOSTS; group += HOSTS_AT_A_TIME) {
    for (let port = FIRST_SCANNED_PORT; port < FIRST_SCANNED_PORT + SCANNED_PORTS; port++) {
      for (let host = group; host < group + HOSTS_AT_A_TIME && probes < attempts; host++) {
        probe(writer, SCANNED_NETWORK + host, port, isHost[host] === true, random);
        probes++;
      }
    }
  }
}

function probe(
  writer: CaptureWriter,
  server: number,
  port: number,
  isHost: boolean,
  random: (limit: number) => number,
): void {
  const ports = portsTo(port, 40_000);
  const isn = random(0xffff_ffff);
  writer.write(SCANNER, server, ports, SYN, isn, 0, HEADER_BYTES);
  if (!isHost) return;
  const back = swapPorts(ports);
  if (OPEN_PORTS.includes(port)) {
    writer.write(server, SCANNER, back, SYN | ACK, random(0xffff_ffff), isn + 1, HEADER_BYTES);
    writer.write(SCANNER, server, ports, RST, isn + 1, 0, HEADER_BYTES);
  } else writer.write(server, SCANNER, back, RST | ACK, 0, isn + 1, HEADER_BYTES);
}

/**
 * Clients of one network that never say more than SYN; no two have the same address and port. Their servers repeat the
 * SYN-ACK after a second, as kernels do. Here and there is data of another connection, as there always is.
 */
function writeHalfOpen(writer: CaptureWriter, attempts: number): void {
  const random = createRandom(SEED);
  const [isns, serverIsns] = [new Uint32Array(REPEATED_AFTER), new Uint32Array(REPEATED_AFTER)];
  const answer = (attempt: number): void => {
    const place = attempt % REPEATED_AFTER;
    const { client, server, ports } = halfOpen(attempt);
    const isn = isns[place] ?? 0;
    writer.write(server, client, swapPorts(ports), SYN | ACK, serverIsns[place] ?? 0, isn + 1, HEADER_BYTES);
  };
  for (let attempt = 0; attempt < attempts + REPEATED_AFTER; attempt++) {
    const place = attempt % REPEATED_AFTER;
    if (attempt >= REPEATED_AFTER) answer(attempt - REPEATED_AFTER);
    if (attempt >= attempts) continue;
    isns[place] = random(0xffff_ffff);
    serverIsns[place] = random(0xffff_ffff);
    const { client, server, ports } = halfOpen(attempt);
    writer.write(client, server, ports, SYN, isns[place] ?? 0, 0, HEADER_BYTES);
    answer(attempt);
    if (attempt % DATA_EVERY === 0) writer.write(VICTIM, SCANNER, portsTo(22, 0), ACK, attempt, 1, HEADER_BYTES + 100);
  }
}

/** Three packets of 10 µs belong to each attempt: it is a second later when so many others have begun. */
const REPEATED_AFTER = 33_334;
const DATA_EVERY = 1000;

function halfOpen(attempt: number): { client: number; server: number; ports: number } {
  return {
    client: 0x0b00_0000 + (attempt % HOSTS),
    server: 0xc0a8_0000 + ((Math.imul(attempt, 0x9e37_79b1) >>> 24) % SERVERS),
    ports: portsTo(443, Math.floor(attempt / HOSTS)),
  };
}

/** A client's port counted from the first that is not reserved, and the server's. */
function portsTo(server: number, client: number): number {
  return (((FIRST_PORT + client) << 16) | server) >>> 0;
}
