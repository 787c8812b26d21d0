"""Memory and start, as bench/footprint.py measures them."""
import footprint
from outcome import Scenario, Target


def run(place, load, outcome, on_run):
    outcome.figures.update({what: float(f"{value:.4g}") for what, value in footprint.measure(place.sluice).items()})


FOOTPRINT = Scenario("footprint", "Memory and start", footprint.ABOUT, run,
                     [Target(what, limit, unit=unit) for what, (limit, unit) in footprint.LIMITS.items()])
