"""`passing.py self|pair DESCRIPTORS PASSES`: what passing.c does, with Python's own functions."""
import os
import socket
import sys


def close_all(descriptors):
    for descriptor in descriptors:
        os.close(descriptor)


def there_and_back(end, lent, passes):
    for _ in range(passes // 2):
        socket.send_fds(end, [b"x"], lent)
        close_all(socket.recv_fds(end, 1, len(lent))[1])


def send_back(end, count, passes):
    for _ in range(passes // 2):
        descriptors = socket.recv_fds(end, 1, count)[1]
        socket.send_fds(end, [b"x"], descriptors)
        close_all(descriptors)


def main():
    lent, passes = [0] * int(sys.argv[2]), int(sys.argv[3])
    first, second = socket.socketpair()
    if sys.argv[1] == "pair":
        if os.fork() == 0:
            send_back(second, len(lent), passes)
            os._exit(0)
        there_and_back(first, lent, passes)
        os.wait()
    else:
        for _ in range(passes):
            socket.send_fds(first, [b"x"], lent)
            close_all(socket.recv_fds(second, 1, len(lent))[1])


main()
