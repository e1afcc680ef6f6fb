import type { CauseDescription } from '../cause-description.js';

export const portClosed = {
  id: 'port-closed',
  outcome: 'refused',
  title: 'Nothing listens on the port',
  shownBy: 'The target answers the SYN with an RST that acknowledges it, in about one round trip.',
  explanation: [
    'The SYN arrived, and the answer was an immediate no. The address is right enough that a host answers for it, the ' +
      'way there and back works, and no firewall drops this port: security groups and most firewalls stay silent ' +
      'instead.',
    'Usually the service is stopped, still starting or crashed, it listens on another port, or it is bound to another ' +
      'address: 127.0.0.1 only, IPv4 only, or one interface only. In a container the process may listen on 127.0.0.1 ' +
      'inside, or the port is not published. A load balancer without a backend may answer this way too, and so may a ' +
      "firewall that rejects with a TCP reset; on IPv4 that RST is the same, bit for bit, as the kernel's own.",
  ],
  ladder: `
client                         server
  |------------ SYN ------------>|
  |<--------- RST, ACK ----------|   after about one round trip`,
  lookAlikes: [
    {
      cause: 'reject-port-unreachable',
      difference: 'there an ICMP error answers instead of an RST, although Linux gives the application the same error',
    },
    { cause: 'reset-after-syn-ack', difference: 'there the server first sends a SYN-ACK' },
    {
      cause: 'service-unstable',
      difference: 'there the same port accepts a connection at another time in the capture',
    },
    { cause: 'port-dropped', difference: 'there nothing answers at all on this port' },
    {
      cause: 'middlebox-reset',
      difference: 'there the RST comes from nearer than the other packets of the target, or too soon for it',
    },
    {
      cause: 'forwarded-port-closed',
      difference: 'there the RST comes from farther away than the other packets of the address',
    },
  ],
  platforms: {
    linux: [
      'A rule with tcp-reset sends the same RST as a closed port; `ufw reject` makes one for TCP, REJECT of iptables and of firewalld does so only if told to. With SELinux or without privileges a service may fail to open its port: its log says so.',
    ],
    macos: [
      '`sudo lsof -nP -iTCP:PORT -sTCP:LISTEN` shows who listens. A Mac in stealth mode stays silent on closed ports, so one that refuses is not in it.',
    ],
    windows: [
      'With its firewall on, Windows stays silent on a closed port as well ("stealth mode"). So an RST of a Windows host means that the firewall is off for this network, or that something else answered.',
      'A client on Windows repeats its SYN up to four times after an RST, half a second apart: its error comes after about two seconds.',
      'Hyper-V, WSL and Docker reserve ranges of ports. A service that wants one of them fails to start with 10013: `netsh interface ipv4 show excludedportrange protocol=tcp` lists them.',
    ],
    containers: [
      'localhost in a container is the container itself: a program in it does not reach a service of its host, or of another container, under that name. Use the name of the other container or Service, or host.docker.internal.',
      'Docker: without `-p` the port is not published; EXPOSE alone opens nothing. Kubernetes: containerPort opens nothing either; the process has to listen on 0.0.0.0 or [::], not on 127.0.0.1.',
      'Service meshes: a sidecar accepts for the program and for what is behind it. What fails there shows as accepted-then-reset or accepted-then-closed, or as an error of HTTP (503), and not as this RST.',
    ],
    clouds: [
      'Whoever refuses let the SYN in: security groups and network ACLs stay silent. So look in the instance, not at the rules of the cloud. A load balancer that passes packets through hands on the RST of its target.',
    ],
  },
  nextSteps: [
    {
      where: 'server',
      command: "ss -ltnp 'sport = :{port}'",
      text: 'no line: nothing listens, start the service; 127.0.0.1 or [::1]: it is bound to loopback only; 0.0.0.0, * or [::]: it listens now, so it was down then or a firewall sent the RST.',
    },
    {
      where: 'server',
      system: 'Windows',
      command: 'Get-NetTCPConnection -State Listen -LocalPort {port}',
      text: 'the same in PowerShell. An error: nothing listens; 127.0.0.1 or ::1: loopback only; 0.0.0.0 or ::, all addresses.',
    },
    {
      where: 'server',
      system: 'macOS',
      command: 'sudo lsof -nP -iTCP:{port} -sTCP:LISTEN',
      text: 'the same. Nothing printed: nothing listens; *:{port}: on all addresses.',
    },
    {
      where: 'server',
      command: 'docker ps --filter publish={port}',
      text: 'if the service runs in a container. No line: no running container publishes the port; a line: the process in it does not listen, or on 127.0.0.1 only.',
    },
    {
      where: 'server',
      command: "nft list ruleset | grep 'tcp reset'",
      text: 'a rule that covers port {port} means that a firewall answers here, not the service; `{iptables} -vnL | grep tcp-reset` shows the same on older hosts.',
    },
  ],
  applicationError: 'reset',
} as const satisfies CauseDescription;
