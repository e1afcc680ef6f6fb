import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsTool, repositoryRoot } from '../tools.js';
import { describeExpected, describeReported } from './labels.js';
import { removeAbandonedNamespaces } from './network.js';
import { captureName, record } from './record.js';
import { callSituation, subjectOf } from './situation.js';
import { SITUATIONS } from './situations/all.js';

/** One or two of each kind, and none that takes long. */
const REPRESENTATIVE = [
  'established/plain',
  'slow-handshake/first-syn-ack-is-lost-ipv6',
  'port-closed/nothing-listens-on-the-port',
  'port-closed/nothing-listens-on-the-port-ipv6-seen-at-the-server',
  'admin-prohibited/server-says-admin-prohibited',
  'network-unreachable/router-has-no-route-ipv6',
  'port-dropped/other-port-resets-and-ping-replies',
  'host-silent/target-drops-everything-ipv6',
  'half-open-probe/syn-scan-of-three-ports',
  'middlebox-reset/router-on-the-way-resets',
  'forwarded-port-closed/gateway-forwards-to-a-host-one-hop-behind-ipv6',
  'client-gave-up/program-waits-half-a-second-ipv6',
  'translated-twin/refusal-before-and-behind-the-translation-of-its-source',
];
const LIMIT_MS = 60_000;

describe('kernels do today what the fixtures show, and synwhy says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synwhy-lab-test-'));
  beforeAll(removeAbandonedNamespaces);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const situation of SITUATIONS.filter((situation) => REPRESENTATIVE.includes(callSituation(situation)))) {
    test.concurrent(
      `${callSituation(situation)}: ${situation.title}`,
      async (context) => {
        needsTool(context, 'namespaces', 'ip', 'nft', 'tcpdump', 'dumpcap', 'nmap', 'python3');
        const file = join(folder, `${subjectOf(situation).id}-${captureName(situation)}`);
        writeFileSync(file, await record(situation));
        const command = [join(repositoryRoot(), 'bin', 'synwhy.js'), file, '--format', 'json', '--all'];
        const { stdout, stderr, status } = spawnSync(process.execPath, command, { encoding: 'utf8' });
        expect(status, stderr).toBe(0);
        expect(describeReported(JSON.parse(stdout).attempts)).toEqual(describeExpected(situation.expect));
      },
      LIMIT_MS,
    );
  }
});
