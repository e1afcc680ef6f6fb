"""Traffic for npm run bench -- --live, on a cable that leads to a network namespace of its own.

  traffic.py frames INTERFACE RATE SECONDS          small TCP frames that no host answers, so many a second
  traffic.py serve ADDRESS PORT                     accept, read once, answer, close; prints 'ready'
  traffic.py connect ADDRESS PORT CLOSED COUNT SECONDS
                                                    connections at an even pace, each hundredth to the closed port
Prints how many frames or connections there were, and in how many seconds; of connections, also how many were
established, and how many refused.
"""
import ctypes
import socket
import struct
import sys
import threading
import time

BATCH = 64
FRAME_BYTES = 60
CLIENTS = 4


class IoVec(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


class MsgHdr(ctypes.Structure):
    _fields_ = [
        ('name', ctypes.c_void_p), ('name_length', ctypes.c_uint), ('iov', ctypes.POINTER(IoVec)),
        ('iov_count', ctypes.c_size_t), ('control', ctypes.c_void_p), ('control_length', ctypes.c_size_t),
        ('flags', ctypes.c_int),
    ]


class MMsgHdr(ctypes.Structure):
    _fields_ = [('header', MsgHdr), ('sent', ctypes.c_uint)]


def frame():
    """An ACK between two addresses that nobody has, to an Ethernet address that nobody has: it is dropped unanswered."""
    ethernet = bytes.fromhex('020000000077 020000000078 0800'.replace(' ', ''))
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40, 1, 0, 64, 6, 0, bytes([198, 18, 0, 1]), bytes([198, 18, 0, 2]))
    tcp = struct.pack('!HHIIBBHHH', 40000, 443, 1, 1, 0x50, 0x10, 1000, 0, 0)
    return (ethernet + ip + tcp).ljust(FRAME_BYTES, b'\0')


def frames(interface, rate, seconds):
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind((interface, 0))
    bytes_of_frame = ctypes.create_string_buffer(frame(), FRAME_BYTES)
    vector = IoVec(ctypes.cast(bytes_of_frame, ctypes.c_void_p), FRAME_BYTES)
    messages = (MMsgHdr * BATCH)()
    for message in messages:
        message.header.iov = ctypes.pointer(vector)
        message.header.iov_count = 1
    send = ctypes.CDLL(None, use_errno=True).sendmmsg
    total = int(rate * seconds)
    sent = 0
    start = time.monotonic()
    while sent < total and time.monotonic() - start < seconds * 2:
        due = min(total, int((time.monotonic() - start) * rate) + BATCH)
        while sent < due:
            sent += max(0, send(sender.fileno(), messages, min(BATCH, due - sent), 0))
        pause = sent / rate - (time.monotonic() - start)
        if pause > 0:
            time.sleep(pause)
    report(sent, start)


def serve(address, port):
    listener = socket.create_server((address, port), backlog=4096)
    print('ready', flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(64)
            connection.sendall(b'pong')


def connect(address, port, closed, count, seconds):
    done = []
    start = time.monotonic()

    def client(first):
        for number in range(first, count, CLIENTS):
            pause = number * seconds / count - (time.monotonic() - start)
            if pause > 0:
                time.sleep(pause)
            outcome = 'failed'
            try:
                with socket.create_connection((address, closed if number % 100 == 0 else port), 30) as connection:
                    outcome = 'established'
                    connection.sendall(b'ping')
                    connection.recv(64)
            except ConnectionRefusedError:
                outcome = 'refused'
            except OSError:
                pass  # a machine that is too busy
            done.append(outcome)

    threads = [threading.Thread(target=client, args=(first,)) for first in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report(len(done), start, done.count('established'), done.count('refused'))


def report(count, start, *more):
    print(count, time.monotonic() - start, *more, flush=True)


what, *words = sys.argv[1:]
if what == 'frames':
    frames(words[0], float(words[1]), float(words[2]))
elif what == 'serve':
    serve(words[0], int(words[1]))
else:
    connect(words[0], int(words[1]), int(words[2]), int(words[3]), float(words[4]))
