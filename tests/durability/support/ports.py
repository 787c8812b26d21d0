"""Ports that nobody has, outside the kernel's own range and that of the other suites' servers."""

import random
import socket

FIRST, BEHIND = 23_000, 25_000


def free_port() -> int:
    while True:
        port = random.SystemRandom().randrange(FIRST, BEHIND)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
