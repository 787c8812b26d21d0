"""The last calls of one client, for programs that look at them by themselves."""

from __future__ import annotations

from collections import Counter, deque


class SlidingWindow:
    def __init__(self, max_size: int = 100) -> None:
        self._calls: deque[tuple[str, float]] = deque(maxlen=max_size)
        self._counts: Counter[str] = Counter()

    def record(self, tool_name: str, timestamp: float, cost: float = 0.0) -> None:
        if self.is_full and self._calls:
            self._counts[self._calls[0][0]] -= 1
        self._calls.append((tool_name, cost))
        self._counts[tool_name] += 1

    def count(self, tool_name: str) -> int:
        return self._counts[tool_name]

    def rate(self, tool_name: str) -> float:
        return self.count(tool_name) / self.total if self._calls else 0.0

    def rates(self) -> dict[str, float]:
        return {tool: count / self.total for tool, count in self._counts.items() if count}

    @property
    def total(self) -> int:
        return len(self._calls)

    @property
    def is_full(self) -> bool:
        return len(self._calls) == self._calls.maxlen

    def total_cost(self) -> float:
        return sum(cost for _, cost in self._calls)
