import type { CauseDescription } from '../cause-description.js';

export const hostSilent = {
  id: 'host-silent',
  outcome: 'timed-out',
  title: 'No answer of any kind from the target',
  shownBy: 'Every SYN stays unanswered, and nothing else in the capture shows that the target is alive.',
  explanation: [
    'Nothing came back: no answer, no refusal, no error of a router. These packets alone cannot say whether the host is ' +
      'down, the address is wrong, or something on the way drops the SYN or the answer.',
    'In practice: an instance that is stopped or was replaced while DNS or a configuration still names its old address; ' +
      'a security group, network ACL or firewall that drops; a VPN that is not up, so that a private address is sent into ' +
      'the internet; a load balancer without a healthy backend that keeps silent.',
  ],
  ladder: `
client                         server
  |------------ SYN ------- X    |
  |------------ SYN ------- X    |   1 s later
  |------------ SYN ------- X    |   3 s later
  |------------ SYN ------- X    |   7 s later, and nothing`,
  lookAlikes: [
    { cause: 'port-dropped', difference: 'there other traffic in the capture shows that the target is alive' },
    { cause: 'source-dropped', difference: 'there the same port answers other clients' },
    { cause: 'accept-queue-full', difference: 'there the same port accepts others before and after' },
    { cause: 'backend-silent', difference: 'there the same port answers at once from other source ports' },
    {
      cause: 'neighbor-unresolved',
      difference: 'there the capture shows ARP or neighbour discovery without an answer',
    },
    { cause: 'one-way-capture', difference: 'there the answers exist and were only not captured' },
    {
      cause: 'path-outage',
      difference: 'there several targets are silent in the same seconds, and answer at another time',
    },
    { cause: 'client-gave-up', difference: 'there the client stopped before the silence meant anything' },
    {
      cause: 'server-firewall',
      difference: 'there the capture was taken at the server, and shows that the SYN arrived',
    },
  ],
  platforms: {
    linux: [
      'A Linux host that is up answers every SYN or has a rule that drops: if it is silent on all ports and does not answer echo either, it is off, elsewhere, or behind something that drops.',
    ],
    macos: ['A Mac that sleeps is silent; in stealth mode it also keeps silent on closed ports and on echo.'],
    windows: [
      'With its firewall on, Windows is silent on every port without a rule, on closed ports and, unless file sharing is allowed, on echo: silence does not mean that it is off. The own ARP table tells, if it is a neighbour.',
    ],
    containers: [
      'The address of a pod or container that is gone, or of another cluster: ranges of pods and Services are reachable only from inside. `kubectl get pods,services,endpointslices -A -o wide` tells whether anybody has it.',
      'Kubernetes: a NetworkPolicy that denies by default is silent, for what leaves a pod as well as for what comes in. In a service mesh the program itself sees no silence, since its sidecar accepts: the SYNs without an answer are those of the sidecar.',
    ],
    clouds: [
      'A stopped instance, a missing route or peering, a security group or a network ACL without a rule: all of them are silent. So is an Azure Load Balancer without a healthy backend, and a public address that is assigned to nothing. The tools of the platform decide without packets: Reachability Analyzer (AWS), Network Watcher (Azure), Connectivity Tests (GCP).',
    ],
  },
  nextSteps: [
    {
      where: 'client',
      command: 'nmap{-6} -Pn -p {probe-ports} --reason {server}',
      text: 'an answer on any port: the host is alive and {port} is dropped; nothing at all: the host is down, the address is wrong, or this source is not let in.',
    },
    {
      where: 'client',
      command: 'ip route get {server}',
      text: 'is this the interface or VPN that should be used? If not, the SYN goes the wrong way. On macOS `route -n get{-inet6} {server}`, on Windows `Find-NetRoute -RemoteIPAddress {server}`.',
    },
    {
      where: 'client',
      command: 'traceroute -n -T -p {port} {server}',
      text: 'the last router that answers is where to look next; the same end with another port means that it is not about the port.',
    },
    {
      where: 'server',
      command: "tcpdump -ni any 'host {client} and tcp port {port}'",
      text: 'SYNs arrive: the firewall of this host drops them, or its answers go astray; none arrive: they are lost on the way.',
    },
    {
      where: 'path',
      text: 'Check that {server} is still the right address: compare it with DNS and with the console of the cloud or hypervisor, and look there whether the host runs and which rules let port {port} in.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
