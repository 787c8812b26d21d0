"""Two boxes on one PostgreSQL are one service: what one says holds at the other."""

import random
import time
from types import SimpleNamespace

import pytest

import asking
from driver import Driver
from engines import Postgres
from facts import Book
from load import CODE_FIELD, Load
from oauth import Pkce
from probe import grants, introspected
from rig import Rig
from tcp_faults import TcpFaults
from verify import Verification
from wire import Connection

CONF, PUB = asking.KNOWN["conf"], asking.KNOWN["pub"]
IN_FORCE_S = 1.0
STATEMENT_S = 2.0  # the default of statement_timeout


@pytest.fixture
def fleet(shared_cluster, folder, make_box):
    """Two boxes of one name; the second reaches the database through a proxy."""
    engine = Postgres(folder, shared_cluster, more='max_staleness = "5s"\n')
    proxy = TcpFaults(shared_cluster.port)
    one = make_box(engine)
    two = make_box(engine, storage=engine.storage(proxy.port), origin=one.origin)
    one.start()
    two.start()
    book = Book(folder / "ledger")
    load = Load(one, book, random.Random(5))
    load.sign_in()
    yield SimpleNamespace(one=one, two=two, proxy=proxy, book=book, load=load, engine=engine)
    one.kill()
    two.kill()
    proxy.close()


def codes(box, cookie: str, count: int) -> list[tuple[str, str]]:
    """(code, verifier), many of them."""
    made: list[tuple[str, str]] = []

    def work():
        while len(made) < count:
            pkce = Pkce()
            reply = yield asking.authorization(PUB, pkce, "mcp:read", asking.ELSEWHERE, cookie)
            made.append((CODE_FIELD.search(reply.head)[1].decode(), pkce.verifier))

    Driver(box.port).run([work() for _ in range(16)])
    return made[:count]


def redemption(code: str, verifier: str) -> bytes:
    what = SimpleNamespace(text=code, redirect=PUB.redirect, verifier=verifier)
    return asking.redemption(PUB, what)


def is_active(box, token: str) -> bool:
    (reply,) = introspected(box, [token])
    assert reply.status == 200, reply
    return reply.json()["active"]


def test_what_one_box_issues_is_valid_at_the_other_at_once(fleet):
    for first, second in [(fleet.one, fleet.two), (fleet.two, fleet.one)] * 10:
        (reply,) = grants(first, 1)
        assert is_active(second, reply.json()["access_token"])


def test_registrations_sessions_and_codes_of_one_box_hold_at_the_other(fleet):
    Load.run(fleet.load, 16, 1.0)
    assert not fleet.load.violations
    fleet.load.consent_to_a_registered_client()
    checked = Verification(fleet.two, fleet.book, random.Random(2), fleet.load.cookie).run()
    assert checked.violations == []
    assert sum(checked.checks.values()) > 200
    again = Verification(fleet.one, fleet.book, random.Random(3), fleet.load.cookie).run()
    assert again.violations == []


def revocation_times(fleet, count: int, first, second) -> list[float]:
    """From the answer to the revocation at one box to the first denial at the other, which held the token in memory."""
    times = []
    with Connection(second.port) as watching:
        for _ in range(count):
            (reply,) = grants(first, 1)
            token = reply.json()["access_token"]
            assert is_active(second, token)
            answer = first.send(asking.revocation(CONF, token))
            assert answer.status == 200, answer
            revoked = time.monotonic()
            while True:
                watching.send(asking.introspection(token))
                if not watching.answer().json()["active"]:
                    break
                assert time.monotonic() - revoked < 10, "a revocation is not in force at the other box after 10 s"
            times.append(time.monotonic() - revoked)
    return sorted(times)


def distribution(times: list[float]) -> dict:
    return {
        "samples": len(times),
        "median_ms": round(1000 * times[len(times) // 2], 1),
        "p99_ms": round(1000 * times[min(len(times) - 1, int(len(times) * 0.99))], 1),
        "max_ms": round(1000 * times[-1], 1),
    }


def test_a_revocation_is_in_force_at_the_other_box_within_a_second(fleet, record, request):
    count = max(20, request.config.getoption("--races") // 20)
    times = revocation_times(fleet, count, fleet.one, fleet.two)
    record("revocation at the other box", **distribution(times))
    assert times[-1] < IN_FORCE_S


def test_lost_notifications_are_made_up_for(fleet, record):
    revocation_times(fleet, 2, fleet.one, fleet.two)
    assert fleet.proxy.lose_notifications() > 0, "no connection said LISTEN"
    times = revocation_times(fleet, 10, fleet.one, fleet.two)
    record("revocation, notifications lost", **distribution(times))
    assert times[len(times) // 2] > 0.02, "notifications come through: that proves nothing"
    assert times[-1] < IN_FORCE_S


def test_a_listener_that_hears_nothing_any_more_is_replaced(fleet, record):
    """A network that swallows: nobody is told so. A statement's time passes before it is noticed."""
    revocation_times(fleet, 2, fleet.one, fleet.two)
    assert fleet.proxy.silence_listeners() > 0, "no connection said LISTEN"
    times = revocation_times(fleet, 4, fleet.one, fleet.two)
    record("revocation, listener silent", **distribution(times))
    assert times[-1] < STATEMENT_S + IN_FORCE_S


def test_a_listener_that_is_cut_misses_nothing(fleet, record):
    times = []
    for _ in range(6):
        fleet.engine.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query ILIKE '%listen%' AND pid <> pg_backend_pid()"
        )
        times += revocation_times(fleet, 1, fleet.one, fleet.two)
    record("revocation, listener cut", **distribution(sorted(times)))
    assert max(times) < IN_FORCE_S


def test_a_revocation_wins_over_a_box_that_reads_the_grant_at_that_moment(fleet):
    """What the second box reads on a miss may be older than the revocation that it hears of meanwhile."""
    dice = random.Random(11)
    with Connection(fleet.one.port) as revoking, Connection(fleet.two.port) as reading:
        tokens = []
        for _ in range(150):
            (reply,) = grants(fleet.one, 1)
            tokens.append(reply.json()["access_token"])
            reading.send(asking.introspection(tokens[-1]))
            time.sleep(dice.uniform(0, 0.003))
            revoking.send(asking.revocation(CONF, tokens[-1]))
            assert reading.answer().status == 200
            assert revoking.answer().status == 200
    time.sleep(IN_FORCE_S)
    for box in (fleet.one, fleet.two):
        assert [reply.json()["active"] for reply in introspected(box, tokens)] == [False] * len(tokens)


class Racers:
    """A connection to each box; both requests are on their way before either is answered."""

    def __init__(self, fleet, dice: random.Random):
        self.ends = [Connection(fleet.one.port), Connection(fleet.two.port)]
        self.dice = dice

    def race(self, request: bytes) -> list:
        order = self.dice.sample(self.ends, 2)
        order[0].send(request)
        if self.dice.random() < 0.3:
            time.sleep(self.dice.uniform(0, 0.001))
        order[1].send(request)
        return [end.answer() for end in self.ends]

    def close(self) -> None:
        for end in self.ends:
            end.close()


def test_a_code_that_both_boxes_are_given_is_redeemed_once(fleet, request, record, dice):
    count = request.config.getoption("--races")
    racers = Racers(fleet, dice)
    winners = [0, 0]
    wait = codes(fleet.one, fleet.load.cookie, count // 2) + codes(fleet.two, fleet.load.cookie, count - count // 2)
    for code, verifier in wait:
        answers = racers.race(redemption(code, verifier))
        statuses = [answer.status for answer in answers]
        assert sorted(statuses) == [200, 400], answers
        winner = statuses.index(200)
        winners[winner] += 1
        assert answers[1 - winner].error == "invalid_grant", answers
    racers.close()
    record("code redeemed at both boxes", races=count, won_by_first=winners[0], won_by_second=winners[1])
    assert sum(winners) == count
    assert min(winners) > 0, "one box always wins: that is no race"


def test_a_refresh_token_that_both_boxes_are_given_has_one_successor(fleet, request, record, dice):
    count = request.config.getoption("--races")
    racers = Racers(fleet, dice)
    chains = []
    for code, verifier in codes(fleet.one, fleet.load.cookie, 10):
        chains.append(fleet.one.send(redemption(code, verifier)).json()["refresh_token"])
    for number in range(count):
        index = number % len(chains)
        answers = racers.race(asking.rotation(PUB, chains[index]))
        assert [answer.status for answer in answers] == [200, 200], (number, answers)
        given = [answer.json() for answer in answers]
        assert given[0]["refresh_token"] == given[1]["refresh_token"] != chains[index], given
        if number % 10 == 0:
            for box in (fleet.one, fleet.two):
                for each in given:
                    assert is_active(box, each["access_token"])
        chains[index] = given[0]["refresh_token"]
    racers.close()
    record("refresh token rotated at both boxes", races=count)


def test_a_repeated_refresh_gets_the_same_successor_from_the_other_box(fleet):
    for code, verifier in codes(fleet.one, fleet.load.cookie, 20):
        old = fleet.one.send(redemption(code, verifier)).json()["refresh_token"]
        first = fleet.one.send(asking.rotation(PUB, old)).json()
        again = fleet.two.send(asking.rotation(PUB, old)).json()
        assert again["refresh_token"] == first["refresh_token"]
        assert is_active(fleet.one, again["access_token"]) and is_active(fleet.two, first["access_token"])
        assert fleet.two.send(asking.rotation(PUB, first["refresh_token"])).status == 200


def test_a_code_that_was_redeemed_at_one_box_ends_its_grant_when_the_other_is_given_it(fleet):
    ((code, verifier),) = codes(fleet.one, fleet.load.cookie, 1)
    token = fleet.one.send(redemption(code, verifier)).json()["access_token"]
    assert is_active(fleet.one, token)
    assert fleet.two.send(redemption(code, verifier)).status == 400
    deadline = time.monotonic() + IN_FORCE_S
    while is_active(fleet.one, token):
        assert time.monotonic() < deadline
    assert not is_active(fleet.two, token)


def test_a_session_of_one_box_signs_in_at_the_other(fleet):
    query = asking.authorization(PUB, Pkce(), "mcp:read", asking.ELSEWHERE, fleet.load.cookie)
    answer = fleet.two.send(query)
    assert answer.status in (302, 303) and CODE_FIELD.search(answer.raw_head), answer


def test_both_boxes_under_load_lose_nothing_when_one_is_killed(fleet, folder, dice):
    rig = Rig(fleet.two, folder, dice)
    rig.book, rig.load = fleet.book, Load(fleet.two, fleet.book, dice)
    rig.load.cookie, rig.load.codes = fleet.load.cookie, fleet.load.codes
    rig.work_until(0.6, fleet.two.kill)
    rig.box = fleet.one
    rig.verify()
    assert fleet.one.readiness() == 200
