"""What a scenario promises and what it brings home: rows, targets met or missed, and what was left out and why."""
import dataclasses
import statistics


@dataclasses.dataclass
class Target:
    """At most `limit`: the CPU time of row `of` over that of row `over`, or else the figure called `what`."""
    what: str
    limit: float
    of: str = ""
    over: str = ""
    unit: str = ""


@dataclasses.dataclass
class Scenario:
    """run(place, load, outcome, on_run) fills the outcome; a Skipped or Failed that leaves it becomes the reason.

    plots  What the picture shows of each row: "cpu" a request over that of the first row, or "p99" in milliseconds.
    """
    name: str
    title: str
    about: str
    run: callable
    targets: list = dataclasses.field(default_factory=list)
    plots: str = "cpu"


class Outcome:
    def __init__(self):
        self.rows, self.figures, self.skipped = [], {}, []
        self.why_not = "not measured in this run"

    def skip(self, what, why):
        self.skipped.append({"what": what, "why": str(why)})

    def measured(self, target):
        """What a target says, as measured; None where it was not. Ratios are the median of the rounds."""
        if not target.of:
            return self.figures.get(target.what)
        rounds = {row["name"]: row["cpu_us_of_rounds"] for row in self.rows}
        if target.of not in rounds or target.over not in rounds:
            return None
        return statistics.median(a / b for a, b in zip(rounds[target.of], rounds[target.over]))

    def verdict(self, target):
        line = {"what": target.what, "limit": target.limit, "unit": target.unit, "measured": None, "why": self.why_not}
        value = self.measured(target)
        if value is not None:
            line |= {"measured": float(f"{value:.4g}"), "met": value <= target.limit, "why": ""}
        return line

    def as_json(self, scenario):
        return {"title": scenario.title, "about": scenario.about, "plots": scenario.plots, "rows": self.rows,
                "figures": self.figures, "targets": [self.verdict(target) for target in scenario.targets],
                "skipped": self.skipped}
