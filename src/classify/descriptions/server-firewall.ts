import type { CauseDescription } from '../cause-description.js';

export const serverFirewall = {
  id: 'server-firewall',
  outcome: 'filtered',
  title: "The server's own firewall drops the SYN",
  shownBy: 'The SYN is in a capture taken at the server, which is alive but answers nobody on this port.',
  explanation: [
    'The capture was taken at the server, so the SYN came all the way and arrived at its network card. A capture sees an ' +
      'arriving packet before the firewall of its host does. A TCP that gets a SYN always answers, with a SYN-ACK or an ' +
      'RST; here it never does on this port, so the SYN was dropped inside the host.',
    'What drops it is a rule or a policy of its firewall, the reverse-path filter (the route back to the client leads out ' +
      'of another interface), a listener that demands TCP-MD5 or TCP-AO signatures (BGP), or security software. A ' +
      'container or a virtual machine behind this host may drop it as well.',
    'Nothing on the way is to blame: no security group, no router, no firewall in between.',
  ],
  ladder: `
client                         server
  |---------------- SYN ------->X|   captured, then dropped
  |---------------- SYN ------->X|   1 s later
  |---------------- SYN ------->X|   3 s later, and no answer`,
  lookAlikes: [
    { cause: 'port-dropped', difference: 'there the capture does not show that the SYN arrived at the server' },
    { cause: 'source-dropped', difference: 'there the same port answers other clients' },
    { cause: 'accept-queue-full', difference: 'there the port accepts others before and after' },
    { cause: 'host-silent', difference: 'there nothing in the capture shows that the target is alive' },
  ],
  nextSteps: [
    {
      where: 'server',
      command: "nft list ruleset | grep -n -e drop -e policy -e 'dport {port}'",
      text: 'a policy of drop without a rule that accepts port {port} explains it; `{iptables} -vnL INPUT`, `ufw status` and `firewall-cmd --list-all` show the same elsewhere.',
    },
    {
      where: 'server',
      command: 'nstat -az TcpExtIPReversePathFilter TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected',
      text: 'the one that grows with each attempt names the reason: the reverse-path filter, or a missing or unexpected signature; none grows: it is a rule.',
    },
    {
      where: 'server',
      command: 'Get-NetFirewallProfile | Format-Table Name, Enabled, DefaultInboundAction',
      text: 'on Windows (PowerShell): an enabled profile blocks what no rule allows; `Get-NetFirewallPortFilter | Where-Object LocalPort -eq {port} | Get-NetFirewallRule` lists the rules for the port.',
    },
  ],
  applicationError: 'silence',
} as const satisfies CauseDescription;
