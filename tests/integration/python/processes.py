"""Processes of a test: sluice, and MCP servers to put behind it."""

import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
BINARY = os.environ.get("SLUICE_BINARY", str(ROOT / "build/release/sluice"))

PASSWORD = "canary horse battery staple"
CLIENT_SECRET = "canary-client-secret-0123456789abcdef0123456789abcdef"
RS_SECRET = "canary-rs-secret-0123456789abcdef0123456789abcdef"

SECRETS = re.compile(r"\b(?:sat|srt|sac|sse)_[A-Za-z0-9_-]{20,}|canary[ +%-]\S*")
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


class Process:
    """A child that listens on `port`; its output goes to a file."""

    def __init__(self, command: list[str], port: int):
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.child = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        self._wait_until_listening()

    def output(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def _wait_until_listening(self, limit_seconds: float = 15) -> None:
        deadline = time.monotonic() + limit_seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.child.poll() is not None or time.monotonic() > deadline:
                    self.child.kill()
                    complaint = f"nothing listens on {self.port}:\n{self.output()}"
                    raise RuntimeError(complaint) from None
                time.sleep(0.02)

    def stop(self) -> int:
        self.child.terminate()
        try:
            return self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()


class Sluice(Process):
    """A sluice that has to end well, and to log no secret but those it prints on purpose."""

    may_print: tuple[str, ...] = ()

    def stop(self) -> int:
        code = super().stop()
        output = self.output()
        for secret in self.may_print:
            output = output.replace(secret, "")
        assert code == 0, f"sluice ended with {code}:\n{output[-4000:]}"
        assert not SANITIZER_REPORT.search(output), output[-4000:]
        assert SECRETS.findall(output) == []
        return code


def piece(name: str, /, **values: object) -> str:
    template = (HERE / "configuration" / f"{name}.toml").read_text()
    return re.sub(r"\{\{(\w+)\}\}", lambda match: str(values[match[1]]), template)


def serve(upstream: str, authority: Path | None = None) -> Sluice:
    """Authorization server and gateway in one process, the resource at /mcp.

    authority: the certificate that an https upstream is verified by.
    """
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    text = "\n".join(
        [
            piece("server", port=port, public_url=origin, allowed_origins=[]),
            piece(
                "authorization_server",
                issuer=origin,
                elsewhere="",
                access_token_ttl="1h",
                password=PASSWORD,
                client_secret=CLIENT_SECRET,
                rs_secret=RS_SECRET,
            ),
            piece("resource", path="/mcp", name="Notes", upstream=upstream),
        ]
    )
    if authority:
        text = text.replace('\nupstream = ', f'\nupstream_ca = "{authority}"\nupstream = ')
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sluice.toml"
        file.write_text(text)
        return Sluice([BINARY, "serve", "--config", str(file)], port)


def dev() -> Sluice:
    port = free_port()
    address = f"127.0.0.1:{port}"
    command = [BINARY, "dev", "--memory", "--listen", address, "--user", f"alice:{PASSWORD}"]
    sluice = Sluice(command, port)
    sluice.may_print = (PASSWORD,)
    return sluice


def python_server(*certificate: Path) -> Process:
    """certificate: its file and its key's, to be reached by https."""
    port = free_port()
    files = [str(file) for file in certificate]
    return Process([sys.executable, str(HERE / "servers/notes_python.py"), str(port), *files], port)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """For 127.0.0.1, signed by itself; and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    curve = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    name = ["-subj", "/CN=notes", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = ["openssl", "req", "-x509", "-newkey", *curve, *name, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return certificate, key
