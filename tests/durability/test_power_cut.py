"""Power cuts, with torn writes: what was not synced is gone, and nothing acknowledged was in it."""

import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from disk import OnStrip
from probe import wait_for_grants
from rig import Rig
from verify import Verification


def test_the_strip_forgets_what_was_not_synced(power_strip):
    """The control of the instrument itself."""
    strip = power_strip()
    kept = sqlite3.connect(strip.mount / "kept.db", isolation_level=None)
    lost = sqlite3.connect(strip.mount / "lost.db", isolation_level=None)
    for database, synchronous in ((kept, "FULL"), (lost, "NORMAL")):
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE facts (n INTEGER)")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute(f"PRAGMA synchronous = {synchronous}")
        for number in range(20):
            database.execute("INSERT INTO facts VALUES (?)", (number,))
    strip.cut(None)
    for database in (kept, lost):
        with pytest.raises(sqlite3.OperationalError):
            database.execute("INSERT INTO facts VALUES (99)")
        database.close()
    strip.restore()
    counts = []
    for name in ("kept.db", "lost.db"):
        with sqlite3.connect(strip.mount / name) as database:
            counts.append(database.execute("SELECT count(*) FROM facts").fetchone()[0])
        database.close()
    assert counts == [20, 0]


def test_nothing_acknowledged_is_lost_to_a_power_cut(
    engine_name, power_strip, make_cluster, make_box, folder, dice, request, record
):
    cuts = request.config.getoption("--cuts")
    machine = OnStrip(engine_name, folder, power_strip, make_cluster)
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    torn = survived = 0
    for number in range(cuts):
        seed = dice.randrange(10**6) if number % 2 else None
        torn += seed is not None
        rig.work_until(dice.uniform(0.02, 0.5), lambda seed=seed: machine.cut(seed))
        # The database's machine may be another one than the box's.
        survives = engine_name == "postgres" and number % 4 >= 2
        survived += survives
        if not survives:
            box.kill()
        machine.come_back()
        if survives:
            wait_for_grants(box, 30)
        else:
            rig.restart()
        rig.verify()
    rig.verify(everything=True)
    record(f"power cuts, {engine_name}", **rig.numbers(), torn=torn, box_survived=survived)
    assert rig.answered > 10 * cuts


def test_a_power_cut_during_the_first_start_is_in_nobodys_way(power_strip, make_cluster, make_box, folder, dice):
    """The key file, the database and its schema come into being in an order that can end anywhere."""
    for number in range(8):
        machine = OnStrip("sqlite", folder, power_strip, make_cluster)
        box = make_box(machine.engine)
        box.spawn()
        time.sleep(0.01 + 0.01 * number + dice.uniform(0, 0.01))
        machine.cut(dice.randrange(10**6) if number % 2 else None)
        box.kill()
        machine.come_back()
        box.start()
        wait_for_grants(box)
        box.kill()


def test_a_database_that_does_not_sync_is_found(power_strip, make_cluster, make_box, folder, dice, request):
    """The control of the whole proof: PostgreSQL that acknowledges before it syncs loses what it acknowledged."""
    if "postgres" not in request.config.getoption("--engines"):
        pytest.skip("without PostgreSQL there is no engine that can be told not to sync")
    machine = OnStrip("postgres", folder, power_strip, make_cluster, "checkpoint_timeout = 1h")
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    machine.cluster.execute("CHECKPOINT")
    machine.cluster.set("fsync = off")
    machine.cluster.signal(signal.SIGHUP)
    time.sleep(0.3)
    assert machine.cluster.execute("SHOW fsync") == "off"
    rig.work_until(0.5, lambda: machine.cut(None))
    box.kill()
    machine.come_back()
    rig.restart()
    found = Verification(box, rig.book, dice, rig.load.cookie).run(mutate=False).violations
    assert any("token is dead" in each for each in found), found[:5]


def test_a_box_that_does_not_sync_is_found(power_strip, make_cluster, make_box, folder, dice):
    """The same for SQLite: here the box itself believes that it has synced."""
    library = folder / "no_sync.so"
    source = Path(__file__).parent / "support" / "no_sync.c"
    subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", str(source), "-o", str(library)], check=True)
    machine = OnStrip("sqlite", folder, power_strip, make_cluster)
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    box.stop()
    box.prefix = ["env", f"LD_PRELOAD={library}"]
    rig.restart()
    rig.work_until(0.5, lambda: machine.cut(None))
    box.kill()
    machine.come_back()
    box.prefix = []
    rig.restart()
    found = Verification(box, rig.book, dice, rig.load.cookie).run(mutate=False).violations
    assert any("token is dead" in each for each in found), found[:5]
