"""Single questions to a box in trouble."""

import random
import threading
import time

import asking
from driver import Driver

GRANT = asking.client_credentials(asking.KNOWN["conf"], "mcp:read", asking.ELSEWHERE)


def at(seconds: float, act) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


def grants(box, count: int, driver_s: float | None = None) -> list:
    """The replies to that many requests for a token, on connections of their own, all at once."""
    replies = []

    def ask():
        replies.append((yield GRANT))

    Driver(box.port).run([ask() for _ in range(count)], driver_s)
    return replies


def check_refused(reply) -> None:
    """503 as OAuth JSON, with a time to come back."""
    assert reply.status == 503, reply
    assert reply.error in ("temporarily_unavailable", "server_error"), reply
    assert (reply.field(b"retry-after") or b"").isdigit(), reply


def introspected(box, tokens: list[str]) -> list:
    replies = []

    def ask(token):
        replies.append((yield asking.introspection(token)))

    Driver(box.port).run([ask(token) for token in tokens])
    return replies


def wait_for_grants(box, limit_s: float = 20) -> float:
    """Until every core issues tokens again: each has its own connections to the database."""
    began = time.monotonic()
    while True:
        replies = grants(box, 24)
        if [reply.status for reply in replies] == [200] * 24:
            return time.monotonic() - began
        assert time.monotonic() - began < limit_s, f"still refused after {limit_s} s: {replies}\n{box.log()[-2000:]}"
        time.sleep(0.05)


def introspection_times(box, tokens: list[str], seconds: float) -> list[float]:
    times: list[float] = []

    def read():
        while True:
            reply = yield asking.introspection(random.choice(tokens))
            times.append(reply.seconds)

    Driver(box.port).run([read() for _ in range(4)], seconds)
    return times


def percentile_99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]
