"""A box under load whose ledger outlives it: load, disaster, restart, verification, again and again."""

import random
import time
from collections import Counter

from facts import Book
from load import Load
from verify import Verification

CONNECTIONS = 32


class Rig:
    def __init__(self, box, folder, dice: random.Random):
        self.box, self.dice = box, dice
        self.book = Book(folder / "ledger")
        self.load = Load(box, self.book, dice)
        self.checks = Counter()
        self.restarts: list[float] = []
        self.answered = 0
        self.unanswered = 0
        self.cycle = 0

    def open(self) -> None:
        self.restarts.append(self.box.start())
        self.load.sign_in()

    def work_until(self, seconds: float, disaster) -> None:
        """The load runs for so long, then disaster(); what was answered until then counts."""
        self.cycle += 1
        self.book.note("cycle", number=self.cycle)
        driver = self.load.run(CONNECTIONS, seconds, disaster)
        self.answered += driver.answered
        self.unanswered += driver.unanswered
        assert not self.load.violations, f"cycle {self.cycle}: {self.load.violations[:5]}"

    def restart(self) -> None:
        self.restarts.append(self.box.start())

    def verify(self, everything: bool = False) -> None:
        since = None if everything else self.cycle
        checked = Verification(self.box, self.book, self.dice, self.load.cookie).run(since)
        self.checks += checked.checks
        assert not checked.violations, (
            f"cycle {self.cycle}: {len(checked.violations)} violations: {checked.violations[:5]}"
        )
        self.load.forget_pools()

    def numbers(self) -> dict:
        ordered = sorted(self.restarts)
        return {
            "cycles": self.cycle,
            "acknowledged": self.answered,
            "unanswered": self.unanswered,
            "facts": self.book.count,
            "checks": sum(self.checks.values()),
            "restart_median_ms": round(1000 * ordered[len(ordered) // 2]),
            "restart_max_ms": round(1000 * ordered[-1]),
        }


def timed(act) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
