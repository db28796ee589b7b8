# SPDX-License-Identifier: MIT
"""Sends bytes to itself, in a network namespace of its own.

    elsewhere.py [wait]		begins at the first byte of standard input

Prints how many bytes.
"""
import fcntl
import socket
import struct
import sys
import threading
import time

SIOCSIFFLAGS = 0x8914
IFF_UP = 1
BYTES = 30 << 20


def take(server):
    connection, _ = server.accept()
    while connection.recv(1 << 20):
        pass


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                struct.pack("16sH14x", b"lo", IFF_UP))
with socket.create_server(("127.0.0.1", 0)) as server:
    # What was sent before cprof looks is not told.
    if len(sys.argv) > 1:
        print("ready", flush=True)
        sys.stdin.buffer.read(1)
    else:
        time.sleep(0.7)
    taker = threading.Thread(target=take, args=(server,))
    taker.start()
    with socket.create_connection(server.getsockname()) as client:
        client.sendall(bytes(BYTES))
    taker.join()
print(BYTES, flush=True)
time.sleep(0.4)
