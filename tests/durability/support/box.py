"""One box: the real binary with a configuration of its own, which can be killed and started again."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from http_request import get
from ports import free_port
from sluice import BINARY, CONF_SECRET, PASSWORD, RS_SECRET
from wire import Answer, Connection, Malformed, PeerClosed

TEMPLATE = Path(__file__).with_name("durability.toml")
GONE = (OSError, PeerClosed, Malformed)


class Box:
    """`origin` is what clients call the service; boxes behind one name share it."""

    def __init__(self, folder: Path, storage: str, origin: str | None = None, prefix=(), user=None, **changes: str):
        self.folder, self.prefix, self.user = folder, list(prefix), user
        self.port = free_port()
        self.origin = origin or f"http://127.0.0.1:{self.port}"
        self.resource = f"{self.origin}/mcp"
        self.file = folder / f"box-{self.port}.toml"
        self.log_path = folder / f"box-{self.port}.log"
        self.changes = changes
        self.child: subprocess.Popen | None = None
        self.started_at = 0.0
        self.configure(storage)

    def configure(self, storage: str) -> None:
        values = {
            "port": str(self.port),
            "origin": self.origin,
            "storage": storage,
            "log_level": "warning",
            "access_token_ttl": "4h",
            "replay_window": "60m",
            "code_ttl": "600s",
            "password": PASSWORD,
            "conf_secret": CONF_SECRET,
            "rs_secret": RS_SECRET,
        } | self.changes
        self.file.write_text(re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], TEMPLATE.read_text()))
        self.file.chmod(0o644)

    def command(self, *words: str) -> list[str]:
        as_user = ["runuser", "-u", self.user, "--"] if self.user else []
        return [*as_user, *self.prefix, BINARY, *words, "--config", str(self.file)]

    def run(self, *words: str, limit_s: float = 60) -> subprocess.CompletedProcess:
        """Another command of the binary with this box's configuration."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=limit_s)

    def spawn(self) -> "Box":
        with open(self.log_path, "ab") as log:
            self.started_at = time.monotonic()
            self.child = subprocess.Popen(self.command("serve"), stdout=log, stderr=log, start_new_session=True)
        return self

    def start(self, limit_s: float = 20) -> float:
        """Seconds from the start to the first answer of /readyz that says ready."""
        self.spawn()
        return self.wait_until_ready(limit_s)

    def wait_until_ready(self, limit_s: float = 20) -> float:
        deadline = time.monotonic() + limit_s
        while self.readiness() != 200:
            if not self.alive():
                raise AssertionError(f"the box ended with {self.child.returncode}:\n{self.log()[-3000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"the box is not ready after {limit_s} s:\n{self.log()[-3000:]}")
            time.sleep(0.005)
        return time.monotonic() - self.started_at

    def status_of(self, target: str) -> int:
        """0: nobody answers."""
        try:
            return get(self.port, target).status
        except GONE:
            return 0

    def readiness(self) -> int:
        return self.status_of("/readyz")

    def health(self) -> int:
        return self.status_of("/healthz")

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def kill(self) -> None:
        """kill -9: nothing of the process runs any more when this returns."""
        if self.child is not None and self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def wait(self, limit_s: float = 15) -> int:
        return self.child.wait(limit_s)

    def stop(self) -> None:
        if self.alive():
            self.child.terminate()
            try:
                code = self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"the box did not end:\n{self.log()[-3000:]}") from None
            assert code == 0, f"the box ended with {code}:\n{self.log()[-3000:]}"

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def send(self, data: bytes, limit_s: float = 10) -> Answer | None:
        """None: no whole answer came."""
        try:
            with Connection(self.port) as connection:
                connection.socket.settimeout(limit_s)
                connection.send(data)
                return connection.answer()
        except GONE:
            return None
