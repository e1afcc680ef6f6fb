import type { CauseDescription } from '../cause-description.js';

export const pathOutage = {
  id: 'path-outage',
  outcome: 'timed-out',
  title: 'The network was down for a while',
  shownBy:
    'In the same seconds everything that this client sends to several targets stays unanswered, and before or after it was answered.',
  explanation: [
    'Not this target failed but everything at once: in these seconds the client heard nothing from any of several hosts, ' +
      'and at another time of the capture it did. So neither the address, nor the port, nor a rule for them is to blame.',
    'What they have in common is near the client: its cable, its Wi-Fi (roaming, a weak signal), the switch or the gateway, a ' +
      'VPN or tunnel that dropped and came back, the line to the provider, a change of routes, a virtual machine that was ' +
      'paused or moved, a full table of NAT.',
  ],
  ladder: `
client             server A            server B
  |------- SYN ------->|                   |
  |<---- SYN, ACK -----|                   |   works
  |------- SYN -- X    |                   |
  |---------------- SYN -------- X         |   nothing from anybody
  |------- SYN ------->|                   |
  |<---- SYN, ACK -----|                   |   works again`,
  lookAlikes: [
    { cause: 'host-silent', difference: 'there other targets answer this client in the same seconds' },
    { cause: 'port-dropped', difference: 'there the target itself answers on something else in the same seconds' },
    { cause: 'neighbor-unresolved', difference: 'there ARP or neighbour discovery for the gateway stays unanswered' },
  ],
  platforms: {
    linux: [
      '`journalctl -k` tells when a link went down and came back; NetworkManager and wpa_supplicant log roaming, leases and keys.',
    ],
    macos: ['`log show --last 1h --predicate \'process == "airportd"\'` tells what Wi-Fi did.'],
    windows: [
      '`netsh wlan show wlanreport` writes a page about what Wi-Fi did in the last three days; for cables, look for "disconnected" in the event log System.',
    ],
    containers: [
      'All pods of one node and no other: the node, its agent of the network (CNI) that restarted, or its conntrack table ("nf_conntrack: table full, dropping packet" in `dmesg`).',
    ],
    clouds: [
      'Live migration pauses an instance for a moment; a VPN gateway is replaced in maintenance; a NAT gateway has no free ports for new connections. Events and metrics of the platform tell, by the minute.',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'journalctl -k --since today | grep -iE "link is|carrier|wlan|deauth"',
      text: 'a line at the time of the attempt: the link itself was down; none: look beyond it.',
    },
    {
      where: 'client',
      command: 'mtr -n -T -P {port} {server}',
      text: 'left running over the next outage: the first hop that loses everything is where it is; already the first one: the local network or the gateway.',
    },
    {
      where: 'path',
      text: 'Compare the times with the logs of the gateway, the access point, the VPN and the provider line: a restart, a new lease, a rekeying or a change of routes in those seconds is the reason.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
