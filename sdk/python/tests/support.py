"""A real sluice for the tests, and tokens of it."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import httpx

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("SLUICE_BINARY", str(ROOT / "build/release/sluice"))
VECTORS = ROOT / "tests/vectors"

AGENT = ("agent", "agent-secret-0123456789abcdef0123456789abcdef")
RS = ("rs", "rs-secret-0123456789abcdef0123456789abcdef01")
API_KEY = "api-key-0123456789abcdef0123456789abcdef"
RESOURCE = "http://127.0.0.1:9/mcp"
OTHER_RESOURCE = "http://127.0.0.1:9/other"

CONFIGURATION = """
[server]
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
cores = 1
[log]
level = "error"
[storage]
engine = "memory"
[auth]
issuer = "http://127.0.0.1:{port}"
default_scope = "notes:read"
rate_limit.requests = 100000
resources = [{others}]
# What the first versions of the reference, and its example client, need.
introspection_open = ["127.0.0.0/8"]
registration_grants = ["authorization_code", "refresh_token", "client_credentials"]
[auth.scopes]
"notes:read" = "Read notes"
"notes:write" = "Write notes"
[[auth.client]]
client_id = "agent"
client_secret = "{agent}"
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
scope = "notes:read notes:write"
[[auth.client]]
client_id = "agent-post"
client_secret = "{agent}"
auth_method = "client_secret_post"
grant_types = ["client_credentials"]
scope = "notes:read"
[[auth.client]]
client_id = "rs"
client_secret = "{rs}"
auth_method = "client_secret_basic"
grant_types = []
introspect = true
[[auth.client]]
client_id = "rs-post"
client_secret = "{rs}"
auth_method = "client_secret_post"
grant_types = []
introspect = true
[[auth.api_key]]
name = "servers"
key = "{api_key}"
[[resource]]
path = "/tools"
server_id = "srv_notes"
identifier = "{resource}"
required_scopes = ["notes:read"]
[[resource.tool]]
match = "delete_.*"
scopes = ["notes:write"]
[resource.friction]
enabled = true
[resource.friction.tools.delete_note]
target_rate = 0.03
[[resource]]
path = "/other"
identifier = "{other}"
"""


def free_port() -> int:
    """Below the kernel's own (32768 on): one of those may be taken at any time."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until_listening(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if child.poll() is not None or time.monotonic() > deadline:
                child.kill()
                raise RuntimeError(f"nothing listens on {port}") from None
            time.sleep(0.02)


class Server:
    """A sluice process; a context manager."""

    def __init__(self, configuration: str = CONFIGURATION) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # For servers that tests start: tokens are issued for resources that are known.
        self.others = [free_port() for _ in range(4)]
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "sluice.toml"
        file.write_text(
            configuration.format(
                port=self.port,
                agent=AGENT[1],
                rs=RS[1],
                api_key=API_KEY,
                resource=RESOURCE,
                other=OTHER_RESOURCE,
                others=", ".join(f'"http://127.0.0.1:{port}{path}"' for port in self.others for path in ("", "/mcp")),
            )
        )
        self.child = subprocess.Popen([BINARY, "serve", "--config", str(file)])

    def __enter__(self) -> Server:
        wait_until_listening(self.port, self.child)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.terminate()
        code = self.child.wait(15)
        self.folder.cleanup()
        assert code == 0, f"sluice ended with {code}"

    def token(self, scope: str = "notes:read", resource: str = RESOURCE) -> str:
        form = {"grant_type": "client_credentials", "scope": scope, "resource": resource}
        response = httpx.post(f"{self.url}/token", data=form, auth=AGENT)
        assert response.status_code == 200, response.text
        token: str = response.json()["access_token"]
        return token

    def revoke(self, token: str) -> None:
        response = httpx.post(f"{self.url}/revoke", data={"token": token}, auth=AGENT)
        assert response.status_code == 200, response.text
