"""Memory and start, as bench/footprint.py measures them."""
import footprint
from outcome import Scenario, Target


def run(place, load, outcome, on_run):
    if load.rounds == 1:  # --quick: what takes seconds
        outcome.figures = {"start to first answer": footprint.measure_start(place.sluice),
                           "resident memory idle, one core": footprint.measure_idle(place.sluice, 1)[0]}
        return
    outcome.figures = footprint.measure(place.sluice)


FOOTPRINT = Scenario("footprint", "Memory and start", footprint.ABOUT, run,
                     [Target(what, limit, unit=unit) for what, (limit, unit) in footprint.LIMITS.items()])
