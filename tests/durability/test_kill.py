"""kill -9 under load, again and again: what was acknowledged is there, and nothing revoked lives."""

import signal
import time

from engines import Postgres
from rig import Rig

RESTART_S = 2.0


def test_nothing_acknowledged_is_lost_to_kill_9(engine, make_box, folder, dice, request, record):
    cycles = request.config.getoption("--cycles")
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    crashes = 0
    for number in range(cycles):

        def disaster():
            box.kill()
            if number % 4 == 3:  # the database's processes as well
                engine.crash()

        rig.work_until(dice.uniform(0.005, 0.5), disaster)
        if number % 4 == 3 and engine.name == "postgres":
            crashes += 1
            engine.recover()
        if number % 5 == 4:  # and once more while it starts
            box.spawn()
            time.sleep(dice.uniform(0, 0.1))
            box.kill()
        rig.restart()
        rig.verify()
        if number % 5 == 0:
            rig.load.consent_to_a_registered_client()
    rig.verify(everything=True)
    box.stop()
    slow = sum(each > RESTART_S for each in rig.restarts)
    record(f"kill -9, {engine.name}", **rig.numbers(), database_crashes=crashes, restarts_over_2_s=slow)
    # Others may hold both cores for a while: one late start is no verdict.
    assert slow <= max(1, cycles // 20), sorted(rig.restarts)[-5:]
    assert rig.answered > 20 * cycles


def test_a_box_that_ends_by_sigterm_has_lost_nothing(engine, make_box, folder, dice):
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    rig.work_until(0.5, lambda: box.child.send_signal(signal.SIGTERM))
    assert box.wait() == 0, box.log()[-3000:]
    rig.restart()
    rig.verify(everything=True)
    box.stop()


def test_what_does_not_fit_in_memory_is_found(engine, make_box, folder, dice):
    """More tokens than memory holds: what went is read again, before and after a kill."""
    engine.more = "tokens_in_memory = 1000\n"
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    rig.work_until(2.5, lambda: None)
    assert sum(len(each.access) for each in rig.book.model.families) > 1200
    rig.verify(everything=True)
    rig.work_until(0.5, box.kill)
    rig.restart()
    rig.verify(everything=True)


def test_tables_of_a_python_server_lose_nothing_either(shared_cluster, make_box, folder, dice):
    """tokens = "plain": each token is a row in two tables, which live and die together."""
    engine = Postgres(folder, shared_cluster, more='tokens = "plain"\n')
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    for _ in range(3):
        rig.work_until(dice.uniform(0.05, 0.5), box.kill)
        rig.restart()
        rig.verify()
    rig.verify(everything=True)
    plain = set(engine.execute("SELECT token FROM mcp_access_tokens").split())
    for family in rig.book.model.families:
        if family.state != "asked":
            assert plain.isdisjoint(family.access) == (family.state == "dead")
