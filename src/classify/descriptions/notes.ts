/**
 * Every note as data: what else is worth knowing about an attempt, whatever its outcome. The rules that find notes fill
 * in frames and times; what a note means in general stands here, for `explain` and the README.
 */

/** What is said about one note. */
export interface NoteDescription {
  code: string;
  /** One short sentence without a full stop, as a heading. */
  title: string;
  /** What it means, what brings it about and what to do about it, in paragraphs. */
  explanation: readonly string[];
}

/** All notes: first about what it cost, then about who ended it, about odd packets, and about odd addresses. */
export const NOTES = [
  {
    code: 'slow-handshake',
    title: 'The connection was made, but only after a retransmission',
    explanation: [
      'A SYN or a SYN-ACK was lost and had to be sent again. The first repetition comes after about a second, the next ' +
        'after three (older Windows: three, then nine), so one lost packet makes a connection a second slow, ' +
        'and lets a program with a shorter time limit fail.',
      'If the SYN was repeated and no answer came to the first one, the SYN or its answer was lost. Now and then that is ' +
        'plain packet loss. Often, and to one port only, it is a listen queue that overflows: see accept-queue-full. If ' +
        'it happens to every connection, look for option-fallback: the first SYN may be dropped for its options.',
      'A way that takes more than a second makes a client repeat its SYN although nothing was lost: the time stamps of ' +
        'SYN and SYN-ACK tell, and the note says so. A server that repeats its SYN-ACK behind the ACK has not taken it: ' +
        'the ACK was lost, the accept queue was full, or the service takes connections only once there is data ' +
        '(TCP_DEFER_ACCEPT; Apache httpd does so on Linux).',
    ],
  },
  {
    code: 'accepted-then-reset',
    title: 'The server reset the connection before any data',
    explanation: [
      'The handshake is complete, so TCP has nothing to answer for: somebody took the connection and then ended it with ' +
        'an RST before either side had sent a byte. The application sees ECONNRESET ("Connection reset by peer"), or an ' +
        'end of file, and not ECONNREFUSED.',
      'It is typical of something that stands before the service and accepts for it: a proxy or load balancer that reaches ' +
        'no backend, the sidecar of a service mesh, the proxy of Docker (docker-proxy) for a published port behind which ' +
        'nothing listens, `ssh -L` or `kubectl port-forward` to a closed port. Some versions of Linux do so if their ' +
        'accept queue overflows and net.ipv4.tcp_abort_on_overflow is 1. A service that allows only some addresses may do ' +
        'so too.',
      'Ask the host behind directly, and look in the log of what stands before it.',
    ],
  },
  {
    code: 'accepted-then-closed',
    title: 'The server closed the connection before any data',
    explanation: [
      'The handshake is complete, and then the server ended the connection in good order, with a FIN, before either side had ' +
        'sent a byte. The application sees an end of file ("Connection closed by foreign host", "Empty reply from ' +
        'server", "server closed the connection unexpectedly").',
      'Something accepts and does not serve: a proxy, load balancer or port forwarding that reaches no backend, a service ' +
        'that allows only some addresses (tcp wrappers, an allow-list), or one that has reached its limit of connections. ' +
        'A health check that connects and hangs up looks the same from the other side, but there the client closes first.',
    ],
  },
  {
    code: 'syn-ack-not-captured',
    title: 'The SYN-ACK is not in the capture, but both sides went on',
    explanation: [
      'The client acknowledged something and data followed, so there was a SYN-ACK. The capture missed it: packets were ' +
        'dropped while capturing, it went another way than past the capture point, or it stood before the capture began.',
      'Nothing is wrong with the connection. Be careful with silence elsewhere in such a capture: an answer that is not in ' +
        'it may have existed.',
    ],
  },
  {
    code: 'option-fallback',
    title: 'The first SYN failed and a plainer one was accepted',
    explanation: [
      'The SYN that got no answer carried more than the one that did: ECN flags, a Fast Open cookie or data, or other TCP ' +
        'options. A system that hears nothing tries again without them, so the connection is made a second or more late.',
      'Something on the way drops what it does not know: a firewall or an intrusion-prevention device that "normalises" TCP, ' +
        'or an old router. If it happens on every connection to many servers, it is near the client. On Linux, ' +
        '`sysctl net.ipv4.tcp_ecn net.ipv4.tcp_fastopen` tells what the client asks for.',
    ],
  },
  {
    code: 'unacceptable-reset',
    title: 'An RST came that the client had to ignore',
    explanation: [
      'An RST answers a SYN only if it acknowledges it: ACK set, and the number that the SYN has, plus one (RFC 9293, ' +
        'section 3.10.7.3). This one does not, so the client went on as if it had not come.',
      'It comes from a broken or very simple stack, from a firewall that does not keep numbers, from an earlier connection ' +
        'on the same ports, or from somebody who guesses. A client with a sloppy stack may obey it all the same.',
    ],
  },
  {
    code: 'answer-after-give-up',
    title: 'The answer came after the program had given up',
    explanation: [
      'An RST or an ICMP error did come, but the client had stopped before. So the program reported its own time limit ("timed ' +
        'out", "deadline exceeded") and not what the answer says: what this program printed and what the packets show ' +
        'are both true.',
      'The usual case is a neighbour that does not resolve: the router sends host-unreachable after about three seconds, and ' +
        'the program waited for less.',
    ],
  },
  {
    code: 'superseded',
    title: 'Another address of the same name connected meanwhile',
    explanation: [
      'The name has several addresses, and the client tried them side by side or in turn, as browsers, curl, and many ' +
        'libraries do (Happy Eyeballs, RFC 8305): it starts with one, usually IPv6, and adds the next after a quarter of a ' +
        'second or so. The first that connects wins and the others are given up.',
      'The user noticed nothing, or a short delay. Still, if this address loses every time, something is wrong with it: IPv6 ' +
        'without a way out is the classic. A program that does not try side by side waits for its full timeout.',
    ],
  },
  {
    code: 'hairpin',
    title: 'The connection leads back to where it came from',
    explanation: [
      'Client and server stand behind the same router or balancer, and the client uses the outer address: the SYN goes to that ' +
        'device and comes back into the same network.',
      'That works only if the device translates the source address as well. If it does not, the server answers the client ' +
        'directly, with an address that the client did not ask, and the client resets or ignores it (bad-syn-ack). Many ' +
        'home routers, and network load balancers that keep the address of the client, cannot do it: use the inner ' +
        'address, or a name that resolves to it inside (split DNS).',
    ],
  },
  {
    code: 'self-connect',
    title: 'The client connected to itself',
    explanation: [
      'Address and port of both ends are the same: one socket connected to itself. It happens when a program keeps trying a local ' +
        'port on which nothing listens, and that port lies in the range of ephemeral ports: sooner or later the system ' +
        'picks the very same number as its own port, and TCP makes a connection out of the two equal SYNs.',
      'The program talks to itself, and the real service cannot start since its port is taken ("Address already in use"). ' +
        'Keep ports of services out of the ephemeral range (on Linux `sysctl net.ipv4.ip_local_port_range`, or reserve ' +
        'the port with net.ipv4.ip_local_reserved_ports).',
    ],
  },
  {
    code: 'simultaneous-open',
    title: 'Both sides opened the connection at the same time',
    explanation: [
      'Two SYNs crossed: each side sent one to the other, from and to the same two ports, and answered the one of the other ' +
        'with a SYN-ACK. TCP makes one connection of it (RFC 9293, section 3.5).',
      'By chance it hardly happens. Programs do it on purpose to get through NAT from both sides (hole punching). A SYN that ' +
        'is mirrored back by something on the way looks similar, but carries the sequence number of the client.',
    ],
  },
  {
    code: 'translated-twin',
    title: 'The same attempt stands in the capture before and after NAT',
    explanation: [
      'Two attempts have the same sequence number and the same options, at the same moment, with other addresses or ports. It is ' +
        'one SYN, captured on both sides of a device that translates addresses: a capture on all interfaces of a router, a ' +
        'load balancer, or a container host shows each connection once on the way in and once on the way out.',
      'Count them once. The pair tells what was translated into what; if only one of the two was answered, the device lost ' +
        'or refused the answer.',
    ],
  },
] as const satisfies readonly NoteDescription[];

/** The stable code of a note. */
export type NoteCode = (typeof NOTES)[number]['code'];

/**
 * The note with this code, or undefined when there is none: for text that a person typed.
 *
 * @example
 * findNote('self-connect')?.title // 'The client connected to itself'
 */
export function findNote(code: string): (NoteDescription & { code: NoteCode }) | undefined {
  return NOTES.find((note) => note.code === code);
}
