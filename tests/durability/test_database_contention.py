"""PostgreSQL whose tables are locked, whose transactions are in each other's way, and whose processes are killed."""

import random
import threading
import time

import asking
from driver import Driver
from engines import Postgres
from probe import check_refused, grants, introspected, wait_for_grants
from rig import Rig

BOUNDS = 'statement_timeout = "2s"\nmax_waiting = 50\n'
TABLES = """SELECT string_agg(quote_ident(schemaname) || '.' || quote_ident(tablename), ' ' ORDER BY tablename)
            FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""


def tables(engine: Postgres) -> list[str]:
    found = engine.execute(TABLES).split()
    assert found, "no tables"
    return found


def test_beyond_the_queue_everybody_is_refused_at_once(shared_cluster, make_box, folder, record):
    engine = Postgres(folder, shared_cluster, more=BOUNDS)
    box = make_box(engine)
    box.start()
    (token,) = [reply.json()["access_token"] for reply in grants(box, 1)]
    with shared_cluster.session(engine.database) as session:
        locks = "".join(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE;" for name in tables(engine))
        session.stdin.write(f"BEGIN;{locks}SELECT 'locked';\n")
        session.stdin.flush()
        while "locked" not in session.stdout.readline():
            pass
        replies = grants(box, 500)
        (reply,) = introspected(box, [token])
        assert reply.status == 200 and reply.json()["active"] and reply.seconds < 1
        assert box.health() == 200
        session.stdin.write("ROLLBACK;\n")
        session.stdin.close()
    assert len(replies) == 500, "clients without an answer"
    for reply in replies:
        check_refused(reply)
    waited = sorted(reply.seconds for reply in replies)
    # Two cores, each with its queue and what its connections hold.
    beyond = [seconds for seconds in waited if seconds < 1]
    record("tables locked, 500 clients", refused_within_1_s=len(beyond), last_ms=round(1000 * waited[-1]))
    assert len(beyond) >= 300
    assert waited[-1] < 5
    wait_for_grants(box)
    assert {reply.status for reply in grants(box, 20)} == {200}


def test_serializable_transactions_are_retried_and_nobody_gets_a_500(make_cluster, make_box, folder, dice):
    cluster = make_cluster("default_transaction_isolation = 'serializable'")
    box = make_box(Postgres(folder, cluster))
    rig = Rig(box, folder, dice)
    rig.open()
    rig.work_until(2.5, lambda: None)  # any status but 503 beside the proper one is a violation
    refused = rig.load.refused_for_now
    race_refreshes(rig, 10)
    rig.verify(everything=True)
    assert refused <= rig.answered // 20, f"{refused} of {rig.answered} refused"


def race_refreshes(rig, count: int) -> None:
    """16 at once for one token: one successor."""
    for _ in range(count):
        code = rig.load.codes.pop() if rig.load.codes else None
        if code is None:
            return
        client = asking.owner(rig.book.model, code)
        token = rig.box.send(asking.redemption(client, code)).json()["refresh_token"]
        rig.book.note("asked_redeem", code=code.text)
        replies = []

        def ask():
            replies.append((yield asking.rotation(client, token)))

        Driver(rig.box.port).run([ask() for _ in range(16)])
        assert {reply.status for reply in replies} <= {200, 503}, replies
        assert len({reply.json()["refresh_token"] for reply in replies if reply.status == 200}) == 1
        rig.book.note("refused_redeem", code=code.text)


def test_deadlocks_are_retried_and_nobody_gets_a_500(make_cluster, make_box, folder, dice, record):
    cluster = make_cluster("deadlock_timeout = '20ms'", "log_lock_waits = on")
    engine = Postgres(folder, cluster)
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    over = threading.Event()
    names = tables(engine)

    def disturb(seed: int):
        chooser = random.Random(seed)
        with cluster.session(engine.database) as session:
            while not over.is_set():
                first, second = chooser.sample(names, 2)
                mode = "IN SHARE ROW EXCLUSIVE MODE"
                session.stdin.write(f"BEGIN; LOCK TABLE {first} {mode}; SELECT pg_sleep(0.01); "
                                    f"LOCK TABLE {second} {mode}; COMMIT;\n")
                session.stdin.flush()
                time.sleep(0.03)
            session.stdin.close()

    disturbers = [threading.Thread(target=disturb, args=(seed,)) for seed in range(2)]
    for each in disturbers:
        each.start()
    try:
        rig.work_until(3.0, lambda: None)
    finally:
        over.set()
        for each in disturbers:
            each.join()
    record("deadlocks", found_by_postgres=cluster.log().count("deadlock detected"), answered=rig.answered,
           refused=rig.load.refused_for_now)
    wait_for_grants(box)
    rig.verify(everything=True)


def test_killed_backends_lose_no_acknowledgement(shared_cluster, make_box, folder, dice, record):
    engine = Postgres(folder, shared_cluster)
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    over = threading.Event()
    killed = []

    def kill():
        while not over.is_set():
            done = engine.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname ="
                " current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) AS one"
            )
            killed.append(int(done))
            time.sleep(0.1)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        rig.work_until(4.0, lambda: None)
    finally:
        over.set()
        killer.join()
    assert sum(killed) > 5
    wait_for_grants(box)
    record("killed backends", killed=sum(killed), answered=rig.answered, refused=rig.load.refused_for_now)
    rig.verify(everything=True)
    # No slot stays behind: the box has as many connections as before.
    replies = grants(box, 50)
    assert {reply.status for reply in replies} == {200}, replies[:3]
