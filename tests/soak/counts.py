"""What a server holds when nobody wants anything of it."""

import os
import re
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from http_request import get
from sluice import Sluice

MEMORY_SHARE = 1.10  # of the resident size before, and some pages
MEMORY_KIB = 12 * 1024


@dataclass
class Counts:
    descriptors: int
    resident_kib: int
    connections: int
    tokens: int
    friction_clients: int
    sessions: int  # of browsers, and codes
    idle_cpu: float  # cores; a timer that was left behind runs for ever

    @staticmethod
    def of(sluice: Sluice, folder: str) -> "Counts":
        text = get(sluice.port, "/metrics").body.decode()
        used = sluice.cpu_s()
        time.sleep(2)
        return Counts(
            descriptors=len(os.listdir(f"/proc/{sluice.child.pid}/fd")),
            resident_kib=_resident_kib(sluice),
            connections=_metric(text, "sluice_connections"),
            tokens=_metric(text, "sluice_tokens_live"),
            friction_clients=_metric(text, "sluice_friction_clients"),
            sessions=_sessions_and_codes(folder),
            idle_cpu=(sluice.cpu_s() - used) / 2,
        )

    def compared_with(self, before: "Counts"):
        """(whether it is fine, what was looked at)."""
        most_kib = before.resident_kib * MEMORY_SHARE + MEMORY_KIB
        pairs = [
            (self.resident_kib <= most_kib, "memory", before.resident_kib, self.resident_kib),
            (
                self.descriptors <= before.descriptors + 2,
                "descriptors",
                before.descriptors,
                self.descriptors,
            ),
            (
                self.connections <= before.connections,
                "connections",
                before.connections,
                self.connections,
            ),
            (self.tokens <= before.tokens, "tokens", before.tokens, self.tokens),
            (
                self.friction_clients <= before.friction_clients + 64,
                "friction clients",
                before.friction_clients,
                self.friction_clients,
            ),
            (self.sessions <= before.sessions, "sessions, codes", before.sessions, self.sessions),
            (
                self.idle_cpu <= before.idle_cpu + 0.05,
                "cores when idle",
                before.idle_cpu,
                self.idle_cpu,
            ),
        ]
        return [(fine, f"{what}: {old:g} before, {new:g} after") for fine, what, old, new in pairs]


def settled(counts: Counts, sluice: Sluice, folder: str, limit_s: float) -> Counts:
    """The counts once they no longer fall, and lifetimes are over."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        time.sleep(5)
        counts = Counts.of(sluice, folder)
        if counts.tokens == 0 and counts.sessions == 0 and counts.connections <= 1:
            return Counts.of(sluice, folder)
    return counts


def _metric(text: str, name: str) -> int:
    found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\d+)", text, re.M)
    return sum(int(number) for number in found)


def _resident_kib(sluice: Sluice) -> int:
    status = Path(f"/proc/{sluice.child.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1])


def _sessions_and_codes(folder: str) -> int:
    """Documents of these kinds (storage/store.h) whose time is not over."""
    path = f"file:{folder}/sluice.db?mode=ro"
    with sqlite3.connect(path, uri=True, timeout=10) as database:
        query = "SELECT count(*) FROM documents WHERE kind IN (5, 6) AND expires_at > ?"
        return database.execute(query, (time.time() * 1000,)).fetchone()[0]
