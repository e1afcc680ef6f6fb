"""A wire between two interfaces that takes its time: every frame that comes in at one end leaves at the other later.

  wire.py LEFT RIGHT [--right-to-left SECONDS] [--left-to-right SECONDS] [reset options]

Prints 'ready' once it forwards. The kernels that the lab runs on may have no netem; two packet sockets do as well.
Both hosts must fill in checksums themselves (peer.py no-offload), since nobody does it for a frame that is forwarded.

With --reset-port it is no honest wire: it answers each SYN for that port that comes in at its left with an RST of its
own, in the name of the target, at once.
      --reset-port PORT
      --reset-ttl TTL    that the RST has when it leaves the wire; 64 unless told
      --reset-offset N   added to the number that the RST should acknowledge
      --swallow          the SYN goes no further

With --mirror it also is a mirror port: what comes in leaves there as well, at once, for a probe.
      --mirror INTERFACE
      --wrap HOW         vlan (a tag of 802.1Q), vxlan, erspan (type II), or gre (without the Ethernet header)
      --mirror-side SIDE left or right: only what comes in there; both sides unless told
"""
import argparse
import heapq
import itertools
import select
import socket
import struct
import time

ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4
IPV4, IPV6 = b'\x08\x00', b'\x86\xdd'
ETHERNET_BYTES, TCP_BYTES = 14, 20
PROTOCOL_TCP = 6
SYN, RST, ACK, FLAGS = 0x02, 0x04, 0x10, 0x17


def tap(interface):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((interface, 0))
    return end


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def addresses_and_tcp(frame):
    """Source, target and TCP header of a frame, or None if it has none."""
    kind, packet = frame[12:14], frame[ETHERNET_BYTES:]
    if kind == IPV4 and packet[9] == PROTOCOL_TCP:
        return packet[12:16], packet[16:20], packet[(packet[0] & 0x0F) * 4:]
    if kind == IPV6 and packet[6] == PROTOCOL_TCP:
        return packet[8:24], packet[24:40], packet[40:]
    return None


def reset_for(frame, options):
    """The RST that answers the frame, if that is a SYN for the port in question."""
    found = addresses_and_tcp(frame)
    if options.reset_port is None or found is None:
        return None
    client, server, syn = found
    from_port, to_port, sequence, _, _, flags = struct.unpack('!HHIIBB', syn[:14])
    if to_port != options.reset_port or flags & FLAGS != SYN:
        return None
    acknowledged = (sequence + 1 + options.reset_offset) & 0xFFFFFFFF
    segment = struct.pack('!HHIIBBHHH', to_port, from_port, 0, acknowledged, 5 << 4, RST | ACK, 0, 0, 0)
    pseudo = server + client + struct.pack('!II', TCP_BYTES, PROTOCOL_TCP)
    segment = segment[:16] + struct.pack('!H', checksum(pseudo + segment)) + segment[18:]
    if len(client) == 4:
        parts = (0x45, 0, 20 + TCP_BYTES, 0, 0x4000, options.reset_ttl, PROTOCOL_TCP)
        header = struct.pack('!BBHHHBBH4s4s', *parts, checksum(struct.pack('!BBHHHBBH4s4s', *parts, 0, server, client)),
                             server, client)
    else:
        header = struct.pack('!IHBB', 6 << 28, TCP_BYTES, PROTOCOL_TCP, options.reset_ttl) + server + client
    return frame[6:12] + frame[0:6] + frame[12:14] + header + segment


# Documentation addresses, of a switch and of the probe that it sends its mirror to.
SWITCH, PROBE = socket.inet_aton('192.0.2.1'), socket.inet_aton('192.0.2.2')
TO_PROBE = bytes.fromhex('020000009902') + bytes.fromhex('020000009901')
VLAN_TAG = struct.pack('!HH', 0x8100, 100)
PROTOCOL_UDP, PROTOCOL_GRE, PORT_VXLAN = 17, 47, 4789
GRE_HAS_SEQUENCE, GRE_ERSPAN, ERSPAN_VERSION_II = 0x1000, 0x88BE, 1 << 28
mirrored = itertools.count()


def to_probe(protocol, payload):
    header = struct.pack('!BBHHHBB', 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol)
    whole = struct.pack('!H', checksum(header + b'\0\0' + SWITCH + PROBE))
    return TO_PROBE + IPV4 + header + whole + SWITCH + PROBE + payload


def wrap(frame, how):
    """The frame as a mirror port sends it on; None if it cannot."""
    if how == 'vlan':
        return frame[:12] + VLAN_TAG + frame[12:]
    if how == 'vxlan':
        inner = struct.pack('!II', 0x08000000, 42 << 8) + frame
        # A sum of zero means none (RFC 768), as VXLAN has it (RFC 7348 section 5).
        return to_probe(PROTOCOL_UDP, struct.pack('!HHHH', 50000, PORT_VXLAN, 8 + len(inner), 0) + inner)
    if how == 'erspan':
        header = struct.pack('!HHIII', GRE_HAS_SEQUENCE, GRE_ERSPAN, next(mirrored), ERSPAN_VERSION_II | 7, 0)
        return to_probe(PROTOCOL_GRE, header + frame)
    if frame[12:14] not in (IPV4, IPV6):
        return None
    return to_probe(PROTOCOL_GRE, b'\0\0' + frame[12:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('left')
    parser.add_argument('right')
    parser.add_argument('--left-to-right', type=float, default=0)
    parser.add_argument('--right-to-left', type=float, default=0)
    parser.add_argument('--reset-port', type=int)
    parser.add_argument('--reset-ttl', type=int, default=64)
    parser.add_argument('--reset-offset', type=int, default=0)
    parser.add_argument('--swallow', action='store_true')
    parser.add_argument('--mirror')
    parser.add_argument('--wrap', choices=['vlan', 'vxlan', 'erspan', 'gre'])
    parser.add_argument('--mirror-side', choices=['left', 'right'])
    options = parser.parse_args()
    mirror = tap(options.mirror) if options.mirror else None
    left, right = tap(options.left), tap(options.right)
    ways = {left: (right, options.left_to_right), right: (left, options.right_to_left)}
    # By when a frame is due, and what is due at once in the order of coming in.
    queue, order = [], itertools.count()
    print('ready', flush=True)
    while True:
        wait = max(0, queue[0][0] - time.monotonic()) if queue else None
        for end in select.select(list(ways), [], [], wait)[0]:
            frame, (_, _, kind, _, _) = end.recvfrom(65535)
            if kind == PACKET_OUTGOING:
                continue
            if mirror and options.mirror_side != ('right' if end is left else 'left'):
                copy = wrap(frame, options.wrap) if options.wrap else frame
                if copy:
                    mirror.send(copy)
            now, (other, delay) = time.monotonic(), ways[end]
            reset = reset_for(frame, options) if end is left else None
            if reset:
                heapq.heappush(queue, (now, next(order), left, reset))
            if not (reset and options.swallow):
                heapq.heappush(queue, (now + delay, next(order), other, frame))
        while queue and queue[0][0] <= time.monotonic():
            _, _, end, frame = heapq.heappop(queue)
            end.send(frame)


main()
