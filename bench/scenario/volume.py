"""Many tokens alive at once."""
import os
import re
import subprocess

import sluice
from compare import Failed, compare, lua
from outcome import Scenario, Target
from references import floor
from sluice import Options

FEW, MANY, MANY_QUICK = 10_000, 10_000_000, 100_000
SAMPLES, BLOCKS = 1_000_000, 10
MEMORY = "memory a live opaque token"


def issue_bulk(server, count):
    """Issues at least `count` tokens that nobody remembers; how many there were."""
    script, issued = lua(sluice.token_request(server) | {"pipeline": 16}), 0
    try:
        while issued < count:
            seconds = max(1, min(20, (count - issued) // 100_000))
            out = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script,
                                  server.origin + "/token"], capture_output=True, text=True).stdout
            seen = re.search(r"(\d+) requests in", out)
            if seen is None or "Non-2xx" in out:
                raise Failed(f"tokens could not be issued: {out}")
            issued += int(seen[1])
    finally:
        os.unlink(script)
    return issued


def fill(place, server, count):
    """Brings the server to `count` tokens, of which a sample from all stages is kept in a file; bytes a token."""
    before = server.resident_bytes()
    kept = place.directory / "sample.txt"
    each = min(SAMPLES, count) // BLOCKS
    issued = 0
    with open(kept, "w") as sample:
        for block in range(1, BLOCKS + 1):
            sample.write(sluice.tokens_file(place, server, each).read_text())
            issued += each + issue_bulk(server, max(0, count * block // BLOCKS - issued - each))
    return kept, issued, (server.resident_bytes() - before) / issued


def run_live_tokens(place, load, outcome, on_run):
    quick = load.rounds == 1
    few = sluice.start(place, Options("Sluice, 10,000 tokens"))
    many = sluice.start(place, Options("Sluice, 10,000,000 tokens" if not quick else "Sluice, 100,000 tokens"))
    on_run("issuing tokens")
    sample, issued, each = fill(place, many, MANY_QUICK if quick else MANY)
    asked = sluice.introspection(few, sluice.tokens_file(place, few, FEW))
    outcome.rows = compare([sluice.plain(asked, floor(place)), asked, sluice.introspection(many, sample)], load, on_run)
    outcome.figures |= {"tokens alive": issued, "bytes a token": round(each, 1)}
    if not quick:
        outcome.figures[MEMORY] = each


LIVE_TOKENS = Scenario(
    "live-tokens", "Ten million live tokens",
    "Introspection of a million tokens, drawn at random, of all ages among 10,000,000, beside 10,000 in all.",
    run_live_tokens,
    [Target("introspection with 10^7 live tokens over 10^4", 1.3, "Sluice, 10,000,000 tokens", "Sluice, 10,000 tokens"),
     Target(MEMORY, 256, unit="B")])
