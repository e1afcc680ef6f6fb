"""A wire between two interfaces that takes its time: every frame that comes in at one end leaves at the other later.

  wire.py LEFT RIGHT [--right-to-left SECONDS] [--left-to-right SECONDS]

Prints 'ready' once it forwards. The kernels that the lab runs on may have no netem; two packet sockets do as well.
Both hosts must fill in checksums themselves (peer.py no-offload), since nobody does it for a frame that is forwarded.
"""
import argparse
import collections
import select
import socket
import time

ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4


def tap(interface):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((interface, 0))
    return end


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('left')
    parser.add_argument('right')
    parser.add_argument('--left-to-right', type=float, default=0)
    parser.add_argument('--right-to-left', type=float, default=0)
    options = parser.parse_args()
    left, right = tap(options.left), tap(options.right)
    # A queue a direction: with one delay for all its frames, the first in is the first out.
    ways = {left: (right, options.left_to_right, collections.deque()),
            right: (left, options.right_to_left, collections.deque())}
    print('ready', flush=True)
    while True:
        due = min((queue[0][0] for _, _, queue in ways.values() if queue), default=None)
        wait = None if due is None else max(0, due - time.monotonic())
        for end in select.select(list(ways), [], [], wait)[0]:
            frame, (_, _, kind, _, _) = end.recvfrom(65535)
            if kind != PACKET_OUTGOING:
                ways[end][2].append((time.monotonic() + ways[end][1], frame))
        now = time.monotonic()
        for other, _, queue in ways.values():
            while queue and queue[0][0] <= now:
                other.send(queue.popleft()[1])


main()
