"""DNS as far as the lab needs it: a server that knows a few names, and clients that ask it over UDP.

  names.py serve ADDRESS [NAME=ADDRESS[,ADDRESS]...]... [--code CODE]
                                    answer A and AAAA queries; what it does not know, with CODE (3 is NXDOMAIN, 2
                                    SERVFAIL, 5 REFUSED); with CODE -1 it listens and never answers anything
  names.py resolve SERVER NAME      ask for A and AAAA, twice if nothing comes
  names.py race SERVER NAME PORT    ask, then try the addresses as Happy Eyeballs does (RFC 8305): AAAA first, another
                                    one each quarter of a second; the first that connects wins, the others are closed
"""
import argparse
import select
import socket
import struct
import time

PORT = 53
TYPE_A, TYPE_AAAA, CLASS_IN = 1, 28, 1
TRY_SECONDS = 2
NEXT_ADDRESS_SECONDS = 0.25


def family_of(address):
    return socket.AF_INET6 if ':' in address else socket.AF_INET


def encode(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def decode(message, at):
    labels = []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return '.'.join(labels), at + 1


def serve(options):
    names = dict(entry.split('=') for entry in options.name)
    server = socket.socket(family_of(options.address), socket.SOCK_DGRAM)
    server.bind((options.address, PORT))
    print('ready', flush=True)
    while True:
        query, client = server.recvfrom(512)
        name, end = decode(query, 12)
        wanted = struct.unpack('!H', query[end:end + 2])[0]
        if name not in names and options.code < 0:
            continue
        known = [address for address in names.get(name, '').split(',') if address]
        fitting = [address for address in known if (TYPE_AAAA if ':' in address else TYPE_A) == wanted]
        flags = 0x8180 | (0 if name in names else options.code)
        # Each answer's name points back to the question's, at byte 12.
        answers = [struct.pack('!HHHI', 0xC00C, wanted, CLASS_IN, 60)
                   + struct.pack('!H', 16 if ':' in address else 4)
                   + socket.inet_pton(family_of(address), address) for address in fitting]
        header = query[:2] + struct.pack('!HHHHH', flags, 1, len(answers), 0, 0)
        server.sendto(header + query[12:end + 4] + b''.join(answers), client)


def ask(server, name, wanted):
    """The addresses of a name, of one family."""
    asker = socket.socket(family_of(server), socket.SOCK_DGRAM)
    asker.settimeout(TRY_SECONDS)
    query = struct.pack('!HHHHHH', time.monotonic_ns() & 0xFFFF, 0x0100, 1, 0, 0, 0)
    query += encode(name) + struct.pack('!HH', wanted, CLASS_IN)
    for _ in range(2):
        try:
            asker.sendto(query, (server, PORT))
            answer = asker.recv(512)
            break
        except OSError as error:
            print(type(error).__name__, error)
    else:
        return []
    at, addresses = len(query), []
    for _ in range(struct.unpack('!H', answer[6:8])[0]):
        length = struct.unpack('!H', answer[at + 10:at + 12])[0]
        family = socket.AF_INET6 if wanted == TYPE_AAAA else socket.AF_INET
        addresses.append(socket.inet_ntop(family, answer[at + 12:at + 12 + length]))
        at += 12 + length
    return addresses


def resolve(options):
    print(ask(options.server, options.name, TYPE_A), ask(options.server, options.name, TYPE_AAAA))


def race(options):
    waiting = [address for wanted in (TYPE_AAAA, TYPE_A) for address in ask(options.server, options.name, wanted)]
    running = []
    winner = None
    while waiting and winner is None:
        runner = socket.socket(family_of(waiting[0]), socket.SOCK_STREAM)
        runner.setblocking(False)
        runner.connect_ex((waiting.pop(0), options.port))
        running.append(runner)
        for done in select.select([], running, [], NEXT_ADDRESS_SECONDS if waiting else 8)[1]:
            running.remove(done)
            if done.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                winner = done
    for loser in running:
        loser.close()
    if winner is None:
        return
    winner.setblocking(True)
    winner.settimeout(5)
    winner.sendall(b'ping\n')
    while winner.recv(1024):
        pass
    winner.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    serving = commands.add_parser('serve')
    serving.add_argument('address')
    serving.add_argument('name', nargs='*')
    serving.add_argument('--code', type=int, default=3)
    serving.set_defaults(run=serve)
    for name, run in (('resolve', resolve), ('race', race)):
        asking = commands.add_parser(name)
        asking.add_argument('server')
        asking.add_argument('name')
        if run is race:
            asking.add_argument('port', type=int)
        asking.set_defaults(run=run)
    options = parser.parse_args()
    options.run(options)


main()
