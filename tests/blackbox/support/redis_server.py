"""A real redis-server of a test's own, without a disk."""

import signal
import socket
import subprocess
import time

from sluice import free_port


class Redis:
    def __init__(self, *arguments: str, port: int | None = None):
        self.port = port or free_port()
        self.arguments = arguments
        self.child = None
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.child = subprocess.Popen([*command, *self.arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "redis-server does not start"
                time.sleep(0.02)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def freeze(self) -> None:
        """From now on it takes connections and bytes, and answers nothing."""
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.child.send_signal(signal.SIGCONT)

    def ask(self, *words: str) -> str:
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, timeout=10
        )
        return done.stdout.strip()

    def section(self, timeout: str = "1s") -> str:
        """The configuration that leads to it. A busy machine makes answers late, which is no test's subject."""
        return f'[storage.redis]\nurl = "redis://127.0.0.1:{self.port}"\ntimeout = "{timeout}"\n'
