"""Memory and start, as bench/footprint.py measures them, and the allocations that a test counts."""
from outcome import Scenario, Target
from workplace import ROOT, Skipped


def run(place, load, outcome, on_run):
    if not (ROOT / "bench" / "footprint.py").exists():
        raise Skipped("bench/footprint.py is not there")


FOOTPRINT = Scenario("footprint", "Memory and start", "What idle connections and the process itself take.", run, [])
