"""PostgreSQL that is not there, does not answer, answers late, or goes away in the middle of a transaction."""

import time

import pytest

import asking
from driver import Driver
from engines import Postgres
from http_request import get
from probe import GRANT, at, check_refused, grants, introspected, percentile_99, wait_for_grants
from rig import Rig
from tcp_faults import DOWN, UP, TcpFaults

BOUNDS = 'connect_timeout = "500ms"\nstatement_timeout = "500ms"\nmax_staleness = "4s"\n'
REFUSED_S = 3.0  # a statement's time, and what a busy machine adds


@pytest.fixture
def proxied(shared_cluster, folder, make_box):
    """A rig whose box reaches the database through a proxy."""
    engine = Postgres(folder, shared_cluster, more=BOUNDS)
    proxy = TcpFaults(shared_cluster.port)
    box = make_box(engine, storage=engine.storage(proxy.port))

    def rig(dice):
        running = Rig(box, folder, dice)
        running.proxy, running.engine = proxy, engine
        running.open()
        return running

    yield rig
    box.kill()
    proxy.close()


def tokens_of(box, count: int) -> list[str]:
    replies = grants(box, count)
    assert {reply.status for reply in replies} == {200}, replies
    return [reply.json()["access_token"] for reply in replies]


def check_away(box, tokens: list[str]) -> None:
    """What Sluice promises while the database is away."""
    began = time.monotonic()
    for reply in introspected(box, tokens):
        assert reply.status == 200 and reply.json()["active"], reply
        assert reply.seconds < 1, "introspection of what is in memory waits for the database"
    for reply in grants(box, 10):
        check_refused(reply)
        assert reply.seconds < REFUSED_S, reply.seconds
    assert box.readiness() == 503
    assert box.health() == 200
    assert time.monotonic() - began < 2 * REFUSED_S


def test_a_box_that_starts_without_its_database_waits_for_it(make_cluster, make_box, folder):
    cluster = make_cluster()
    engine = Postgres(folder, cluster, more=BOUNDS)
    box = make_box(engine)
    cluster.crash()
    box.spawn()
    deadline = time.monotonic() + 10
    while box.health() != 200:
        assert box.alive() and time.monotonic() < deadline, box.log()[-3000:]
        time.sleep(0.02)
    assert box.readiness() == 503
    for reply in grants(box, 5):
        check_refused(reply)
        assert reply.seconds < REFUSED_S
    cluster.start()
    box.wait_until_ready(20)
    tokens_of(box, 3)


def test_a_database_that_stops_and_comes_back_needs_no_restart(make_cluster, make_box, folder, dice, record):
    cluster = make_cluster()
    engine = Postgres(folder, cluster, more=BOUNDS)
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    tokens = tokens_of(box, 20)
    timer = at(0.3, cluster.crash)
    rig.work_until(1.0, lambda: None)
    timer.join()
    check_away(box, tokens)
    began = time.monotonic()
    cluster.start()
    up = time.monotonic()
    wait_for_grants(box)
    record("database stopped", back_after_ms=round(1000 * (time.monotonic() - up)), start_ms=round(1000 * (up - began)))
    rig.verify(everything=True)


def test_what_is_in_memory_is_believed_for_max_staleness_and_no_longer(make_cluster, make_box, folder):
    cluster = make_cluster()
    box = make_box(Postgres(folder, cluster, more=BOUNDS))
    box.start()
    (token,) = tokens_of(box, 1)
    cluster.crash()
    began = time.monotonic()
    while True:
        (reply,) = introspected(box, [token])
        if reply.status != 200:
            break
        assert reply.json()["active"], "a token that the database does not deny is called dead"
        assert time.monotonic() - began < 10, "believed for longer than max_staleness"
        time.sleep(0.1)
    assert reply.status == 503, reply
    assert time.monotonic() - began > 1.5, "believed for far less than max_staleness"
    cluster.start()
    wait_for_grants(box)
    (reply,) = introspected(box, [token])
    assert reply.json()["active"]


def metric(box, name: str) -> str:
    text = get(box.port, "/metrics").body.decode()
    return next(line.split()[1] for line in text.splitlines() if line.startswith(name + " "))


def eventually(fails: str, done) -> None:
    deadline = time.monotonic() + 15
    while not done():
        assert time.monotonic() < deadline, fails
        time.sleep(0.1)


def test_a_box_that_hears_of_no_revocations_says_so_and_asks_for_each_token(make_cluster, make_box, folder):
    cluster = make_cluster()
    engine = Postgres(folder, cluster, more=BOUNDS)
    box = make_box(engine)
    box.start()
    kept, revoked = tokens_of(box, 2)
    eventually("the feed does not come up", lambda: metric(box, "sluice_revocation_feed_up") == "1")
    assert get(box.port, "/readyz").json() == {"status": "ready"}
    engine.execute("ALTER TABLE sluice_revocations RENAME TO elsewhere")
    eventually("the log does not tell", lambda: '"revocation_feed_away"' in box.log())
    assert get(box.port, "/readyz").json() == {"status": "ready", "degraded": ["revocation_feed"]}
    assert metric(box, "sluice_revocation_feed_up") == "0"
    time.sleep(4.5)  # max_staleness
    engine.execute(f"DELETE FROM sluice_access_tokens WHERE digest = sha256('{revoked}')")
    active = [reply.json()["active"] for reply in introspected(box, [kept, revoked])]
    assert active == [True, False], active
    engine.execute("ALTER TABLE elsewhere RENAME TO sluice_revocations")
    eventually("the feed does not come back", lambda: metric(box, "sluice_revocation_feed_up") == "1")


MODES = {
    "refuse": {},
    "blackhole": {},
    "stall": {},
    "delay": {"delay_s": 2.0},
    "rate": {"bytes_per_s": 100},
}


@pytest.mark.parametrize("mode", MODES)
def test_a_connection_in_trouble_ends_in_refusals_and_recovers(proxied, dice, mode):
    rig = proxied(dice)
    box, proxy = rig.box, rig.proxy
    tokens = tokens_of(box, 20)
    before_kib = resident_kib(box)

    def trouble():
        proxy.set(mode, **MODES[mode])
        if mode == "refuse":
            proxy.cut_all()

    timer = at(0.3, trouble)
    rig.work_until(1.5, lambda: None)
    timer.join()
    wait_until_away(box)
    check_away(box, tokens)
    times = []

    def read(token):
        while True:
            reply = yield asking.introspection(token)
            times.append(reply.seconds)

    def write():
        while True:
            reply = yield GRANT
            assert reply.status == 503, reply

    Driver(box.port).run([read(token) for token in tokens[:4]] + [write() for _ in range(100)], 1.0)
    assert percentile_99(times) < 0.25, "a core stalls while it waits for the database"
    assert resident_kib(box) - before_kib < 64 * 1024
    proxy.set("pass")
    wait_for_grants(box, 20)
    rig.verify(everything=True)


def wait_until_away(box) -> None:
    deadline = time.monotonic() + 10
    while box.readiness() != 503:
        assert time.monotonic() < deadline, "/readyz stays ready"
        box.send(GRANT)
        time.sleep(0.05)


def resident_kib(box) -> int:
    return int(next(line for line in open(f"/proc/{box.child.pid}/status") if line.startswith("VmRSS")).split()[1])


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_a_connection_cut_at_any_byte_of_a_redemption(proxied, dice, request, record, direction):
    """Never two grants for one code; a refusal where the outcome is unknown; afterwards everything acknowledged is
    there, and the honest repeat ends well."""
    rig = proxied(dice)
    box, proxy, book = rig.box, rig.proxy, rig.book
    sweep = request.config.getoption("--sweep")
    cost = bytes_of_a_redemption(rig, direction)
    refused = 0
    for number in range(sweep):
        rig.load._consent(rig.load.browser, asking.KNOWN["pub"], "mcp:read", asking.ELSEWHERE)
        code = rig.load.codes.pop()
        client = asking.KNOWN["pub"]
        proxy.cut_after(cost * number // sweep, direction)
        replies = [box.send(asking.redemption(client, code))]
        proxy.cut_at = None
        assert replies[0] is not None and replies[0].status in (200, 503), replies
        refused += replies[0].status == 503
        wait_for_grants(box)
        if replies[0].status == 503:
            check_503(replies[0])
            replies.append(box.send(asking.redemption(client, code)))
            assert replies[1].status in (200, 400), replies
        tokens = [reply.json()["access_token"] for reply in replies if reply.status == 200]
        assert len(set(tokens)) <= 1, replies
        for token in tokens:
            (reply,) = introspected(box, [token])
            assert reply.json()["active"], reply
    book.commit()
    record(f"cut at each byte of a redemption, {direction}", places=sweep, bytes=cost, refused=refused)
    assert refused > 0


def check_503(answer) -> None:
    assert answer.error, answer
    assert (answer.get("Retry-After") or "").isdigit(), answer


def bytes_of_a_redemption(rig, direction: str) -> int:
    """How many bytes go that way for one."""
    code = rig.load.codes.pop()
    rig.proxy.cut_after(10**9, direction)
    answer = rig.box.send(asking.redemption(asking.owner(rig.book.model, code), code))
    assert answer.status == 200, answer
    time.sleep(0.05)
    rig.proxy.cut_at = None
    count = rig.proxy.counted[direction]
    assert count > 20
    return count
