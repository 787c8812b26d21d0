"""The real binary, with a configuration made for the test."""

import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
BINARY = os.environ.get("SLUICE_BINARY", str(HERE.parent.parent / "build/release/sluice"))

# A sanitizer keeps what was freed for a while, so that memory says nothing there.
SANITIZED = any(each in Path(BINARY).read_bytes() for each in (b"__asan_init", b"__tsan_init"))

# Each holds the word by which a log is searched for secrets.
PASSWORD = "canary horse battery"
CONF_SECRET = "canary-conf-secret-0123456789abcdef0123456789abcdef"
POST_SECRET = "canary-post-secret-0123456789abcdef0123456789abcdef"
RS_SECRET = "canary-rs-secret-0123456789abcdef0123456789abcdef01"
API_KEY = "canary-api-key-0123456789abcdef0123456789abcdef"

SECRETS = re.compile(r"(?:sat|srt|sac|sse)_[A-Za-z0-9_-]{20,}|canary\S*", re.I)
SANITIZER_REPORT = re.compile(r"(?:Address|Leak|Thread|Undefined\w*)Sanitizer|runtime error:")


def free_port() -> int:
    """Below the kernel's own (32768 on): one of those may be taken at any time, or connected to itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def configuration(port: int, upstream: str, **changes: str) -> str:
    """The text of a configuration; `changes` replaces the template's defaults."""
    values = {
        "port": str(port),
        "issuer": f"http://127.0.0.1:{port}",
        "upstream": upstream,
        "cores": "2",
        "more_listen": "",
        "more_server": "",
        "storage": 'engine = "memory"',
        "drain_timeout": "5s",
        "rate_limit": "100000",
        "replay_window": "120s",
        "code_ttl": "60s",
        "lifetimes": 'access_token_ttl = "1h"',
        "refresh_lifetime": "30d",
        "registration": "open",
        "more_auth": "",
        "friction": "",
        "upstream_timeout": "2s",
        "more": "",
        "password": PASSWORD,
        "conf_secret": CONF_SECRET,
        "post_secret": POST_SECRET,
        "rs_secret": RS_SECRET,
        "api_key": API_KEY,
    }
    assert changes.keys() <= values.keys(), changes.keys() - values.keys()
    values |= changes
    template = (HERE / "support" / "sluice.toml").read_text()
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template)


class Sluice:
    """A running sluice. stop() demands a good end and a log without a secret.

    In a `with` statement it is stopped behind it, and killed where the test failed.
    """

    def __init__(
        self,
        upstream: str,
        command_prefix: list[str] | None = None,
        port: int | None = None,
        output: int | None = None,
        **changes: str,
    ):
        """`output` is a descriptor that takes the log instead of the file that stop() searches."""
        self.port = port or free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.resource = f"{self.origin}/mcp"
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "sluice.toml"
        self.file.write_text(configuration(self.port, upstream, **changes))
        self.log = open(Path(self.folder.name) / "log", "w+", encoding="utf-8", errors="replace")
        command = [*(command_prefix or []), BINARY, "serve", "--config", str(self.file)]
        self.child = subprocess.Popen(command, stdout=output or self.log, stderr=subprocess.STDOUT)
        self._wait_until_listening()

    def __enter__(self):
        return self

    def __exit__(self, failure, *_) -> None:
        if failure is None and self.alive():
            self.stop()
        else:
            self.kill()

    def kill(self) -> None:
        if self.alive():
            self.child.kill()
            self.child.wait()

    def _wait_until_listening(self) -> None:
        deadline = time.monotonic() + 15
        while not self._listens():
            if not self.alive() or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"sluice does not listen:\n{self.output()}")
            time.sleep(0.02)

    def _listens(self) -> bool:
        """Whether this very process does: another may have the same port."""
        listening = set()
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1] == f"0100007F:{self.port:04X}" and fields[3] == "0A":
                listening.add(f"socket:[{fields[9]}]")
        try:
            folder = Path(f"/proc/{self.child.pid}/fd")
            return any(os.readlink(entry) in listening for entry in folder.iterdir())
        except OSError:
            return False

    def output(self) -> str:
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def alive(self) -> bool:
        return self.child.poll() is None

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def resident_kib(self) -> int:
        """Memory in use; 0 where it cannot be judged by."""
        if SANITIZED:
            return 0
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1])

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def terminate(self) -> None:
        self.child.send_signal(signal.SIGTERM)

    def wait(self, limit_s: float = 15) -> int:
        try:
            return self.child.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"sluice did not end within {limit_s} s of SIGTERM") from None

    def stop(self) -> None:
        self.terminate()
        code = self.wait()
        output = self.output()
        self.log.close()
        self.folder.cleanup()
        assert code == 0, f"sluice ended with {code}:\n{output[-4000:]}"
        assert not SANITIZER_REPORT.search(output), output[-4000:]
        assert SECRETS.findall(output) == [], "secrets stand in the log"
