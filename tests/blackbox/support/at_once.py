"""Doing the same thing several times at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, TypeVar

T = TypeVar("T")


def at_once(count: int, act: Callable[[], T]) -> list[T]:
    together = threading.Barrier(count)

    def run(_: int) -> T:
        together.wait()
        return act()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
