"""The small programs that run on the lab's hosts: clients, servers and a ping, for what a shell has no word for.

  peer.py listen ADDRESS PORT... [options]  accept, read once, answer, close; prints 'ready' when it listens
      --busy             accept nothing until a line comes on standard input, with a queue as short as can be
      --ending close     accept and close at once; or reset: accept and reset at once; or slow: answer after two seconds
      --deferred         accept only when the client has said something (TCP_DEFER_ACCEPT)
      --fast-open        take data that comes with the SYN
      --signed-for CLIENT  take only segments of this client that TCP-MD5 signs (RFC 2385)
  peer.py connect ADDRESS PORT [options]    open one connection, say a line, read the answer, close
      --from PORT        the source port
      --source ADDRESS   the source address
      --timeout SECONDS  give up (the program's own time limit); without it, the kernel's
      --hold             print 'connected', keep the connection until a line comes on standard input, then abort it
      --mute             say nothing, and wait for the server to say something or to end it
      --reset            reset as soon as the connection is there
      --ttl TTL          of the client's packets
      --at SECONDS       connect at this time since the epoch, and not before
      --fast-open        say the line in the SYN
      --check            a health check that resets instead of acknowledging the SYN-ACK, as HAProxy's does
  peer.py ping ADDRESS                      one ICMP echo; waits a second at most for the reply
  peer.py no-offload INTERFACE              let the kernel fill in checksums itself, for a wire that forwards frames
"""
import argparse
import ctypes
import fcntl
import os
import socket
import struct
import sys
import threading
import time

SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO = 0x17, 0x1F, 0x24
TCP_MD5SIG = 14
SLOW_SECONDS = 2
ABORTIVE = struct.pack('ii', 1, 0)


def family_of(address):
    return socket.AF_INET6 if ':' in address else socket.AF_INET


def serve(connection, ending):
    with connection:
        try:
            if ending == 'reset':
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORTIVE)
            elif ending != 'close' and connection.recv(1024):
                time.sleep(SLOW_SECONDS if ending == 'slow' else 0)
                connection.sendall(b'pong\n')
        except OSError:
            pass  # the client reset: some situations are about just that


def sign_for(listener, client):
    """Has the kernel drop what this client sends without a signature: struct tcp_md5sig of linux/tcp.h."""
    family = family_of(client)
    # The kernel's own order of bytes for the family, as in any sockaddr.
    address = struct.pack('=H', family) + (b'' if family == socket.AF_INET else b'\0' * 4) + b'\0\0'
    address += socket.inet_pton(family, client)
    key = b'synwhy'
    option = address.ljust(128, b'\0') + struct.pack('=BBHI', 0, 0, len(key), 0) + key.ljust(80, b'\0')
    listener.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, option)


def listen(options):
    listeners = []
    for port in options.port:
        listener = socket.socket(family_of(options.address), socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.address, port))
        if options.signed_for:
            sign_for(listener, options.signed_for)
        if options.deferred:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 3)
        if options.fast_open:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
        listener.listen(1 if options.busy else 16)
        listeners.append(listener)
    print('ready', flush=True)
    if options.busy:
        sys.stdin.readline()

    def accept(listener):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, options.ending), daemon=True).start()

    for listener in listeners:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    threading.Event().wait()


def connect(options):
    client = socket.socket(family_of(options.address), socket.SOCK_STREAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if options.source or getattr(options, 'from'):
        anywhere = '::' if ':' in options.address else '0.0.0.0'
        client.bind((options.source or anywhere, getattr(options, 'from') or 0))
    if options.check:
        # Without quick acknowledgements the kernel delays the handshake's ACK, and closing overtakes it.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    if options.check or options.hold or options.reset:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORTIVE)
    if options.ttl:
        level = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if ':' in options.address else (socket.IPPROTO_IP, socket.IP_TTL)
        client.setsockopt(*level, options.ttl)
    client.settimeout(options.timeout)
    if options.at:
        time.sleep(max(0, options.at - time.time()))
    try:
        if options.fast_open:
            client.sendto(b'ping\n', socket.MSG_FASTOPEN, (options.address, options.port))
        else:
            client.connect((options.address, options.port))
        if options.check or options.reset:
            client.close()
            return
        if options.hold:
            print('connected', flush=True)
            sys.stdin.readline()
        else:
            client.settimeout(5)
            if not (options.mute or options.fast_open):
                client.sendall(b'ping\n')
            while client.recv(1024):
                pass
    except OSError as error:
        print(type(error).__name__, error)  # what the application saw, for whoever runs the lab by hand
    client.close()


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(options):
    six = ':' in options.address
    protocol = socket.getprotobyname('ipv6-icmp' if six else 'icmp')
    echo = socket.socket(family_of(options.address), socket.SOCK_RAW, protocol)
    echo.settimeout(1)
    rest = struct.pack('!HH', os.getpid() & 0xFFFF, 1) + b'synwhy lab ping!'
    kind = 128 if six else 8
    # The kernel fills in the checksum of ICMPv6 itself, since it covers the addresses.
    message = struct.pack('!BBH', kind, 0, 0 if six else checksum(struct.pack('!BBH', kind, 0, 0) + rest)) + rest
    try:
        echo.sendto(message, (options.address, 0))
        echo.recv(1024)
    except OSError as error:
        print(type(error).__name__, error)


def no_offload(options):
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for command in (ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_STXCSUM):
        value = bytearray(struct.pack('II', command, 0))
        address = (ctypes.c_char * len(value)).from_buffer(value)
        request = struct.pack('16sP', options.interface.encode(), ctypes.addressof(address))
        fcntl.ioctl(probe, SIOCETHTOOL, request)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    listening = commands.add_parser('listen')
    listening.add_argument('address')
    listening.add_argument('port', type=int, nargs='+')
    listening.add_argument('--busy', action='store_true')
    listening.add_argument('--ending', choices=['close', 'reset', 'slow'])
    listening.add_argument('--deferred', action='store_true')
    listening.add_argument('--fast-open', action='store_true')
    listening.add_argument('--signed-for')
    listening.set_defaults(run=listen)
    connecting = commands.add_parser('connect')
    connecting.add_argument('address')
    connecting.add_argument('port', type=int)
    connecting.add_argument('--from', type=int)
    connecting.add_argument('--source')
    connecting.add_argument('--timeout', type=float)
    connecting.add_argument('--hold', action='store_true')
    connecting.add_argument('--check', action='store_true')
    connecting.add_argument('--mute', action='store_true')
    connecting.add_argument('--reset', action='store_true')
    connecting.add_argument('--ttl', type=int)
    connecting.add_argument('--at', type=float)
    connecting.add_argument('--fast-open', action='store_true')
    connecting.set_defaults(run=connect)
    pinging = commands.add_parser('ping')
    pinging.add_argument('address')
    pinging.set_defaults(run=ping)
    plain = commands.add_parser('no-offload')
    plain.add_argument('interface')
    plain.set_defaults(run=no_offload)
    options = parser.parse_args()
    options.run(options)


main()
