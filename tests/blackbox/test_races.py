"""What several cores do at once, against one another, while operators look and reload: a moment of it.

Quick everywhere; scripts/run-tests lets ThreadSanitizer watch it (part tsan-races), where any report ends the server.
"""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from http_request import get
from sluice import BINARY, CONF_SECRET, PASSWORD, RS_SECRET, Sluice

LOADGEN = os.environ.get("LOADGEN_BINARY", str(Path(BINARY).parent / "sluice-loadgen"))
SECONDS = os.environ.get("RACES_SECONDS", "1")
CLIENTS = ["--client", f"conf:{CONF_SECRET}", "--caller", f"rs:{RS_SECRET}", "--scope", "mcp:read mcp:write"]
USER = ["--user", f"alice:{PASSWORD}", "--public-client", "pub", "--redirect-uri", "http://127.0.0.1:7777/cb"]
TOOL = ["--tool", "read_note"]
FRICTION = """
[resource.friction]
mode = "observe"

[resource.friction.tools.read_note]
target_rate = 0.5
"""

pytestmark = pytest.mark.skipif(not Path(LOADGEN).exists(), reason="sluice-loadgen is not built")


def load(scenario: str, sluice: Sluice, *words: str) -> subprocess.Popen:
    common = ["-c", "8", "--tokens", "200", "-q", "-w", "0s", "-d", f"{SECONDS}s", "--timeout", "30s"]
    command = [LOADGEN, scenario, sluice.origin, *CLIENTS, "--resource", sluice.resource, *words, *common]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def bother(sluice: Sluice, over: threading.Event) -> None:
    """What operators do: metrics, health, reloading."""
    while not over.is_set():
        for path in ("/metrics", "/readyz", "/healthz"):
            assert get(sluice.port, path).status == 200
        sluice.child.send_signal(signal.SIGHUP)
        time.sleep(0.05)


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
def test_everything_at_once_and_then_the_end(start, upstream, tmp_path, engine):
    key = tmp_path / "sealing.key"
    key.write_text("a sealing key of more than 32 characters\n")
    storage = {
        "memory": 'engine = "memory"',
        "sqlite": f'path = "{tmp_path / "sluice.db"}"\nkey_file = "{key}"',
    }[engine]
    sluice = start(cores="3", storage=storage, rate_limit="100000000", friction=FRICTION)
    over, failed = threading.Event(), []

    def look():
        try:
            bother(sluice, over)
        except Exception as error:  # noqa: BLE001: every kind of it is a failure
            failed.append(error)

    watcher = threading.Thread(target=look)
    watcher.start()
    loads = [
        load("mix", sluice, "--mix", "introspect=6,token=2,decision=3,tools-call=3", *TOOL),
        load("refresh", sluice, *USER, "-c", "2", "--tokens", "2"),
    ]
    for one in loads:
        printed, _ = one.communicate(timeout=120)
        assert one.returncode == 0, printed[-2000:]
    over.set()
    watcher.join()
    assert failed == []

    # The end, under load: whoever is cut off then is the load generator's failure, not the server's.
    last = load("mix", sluice, "--mix", "introspect=6,token=2,tools-call=3", *TOOL)
    time.sleep(float(SECONDS) / 2)
    sluice.terminate()
    last.communicate(timeout=120)
    assert sluice.wait(60) == 0, sluice.output()[-4000:]
    assert "Sanitizer" not in sluice.output(), sluice.output()[-8000:]
