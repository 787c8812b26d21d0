"""A disk that fails to sync, is full, slow, or gives back other bytes than were written."""

import random
import shutil
import subprocess
import time

import pytest

import asking
from box import Box
from cluster import call, programs
from disk import OnStrip
from driver import Driver
from engines import Postgres, Sqlite
from facts import Book, read_ledger
from probe import GRANT, at, check_refused, grants, introspected, introspection_times, percentile_99, wait_for_grants
from rig import Rig
from verify import Verification


def test_a_failed_sync_ends_the_process_and_is_not_tried_again(power_strip, make_cluster, make_box, folder, dice):
    """SQLite alone: PostgreSQL ends its own processes."""
    machine = OnStrip("sqlite", folder, power_strip, make_cluster)
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    timer = at(0.4, lambda: machine.strip.say("fsync EIO 1"))
    rig.work_until(2.5, lambda: None)
    timer.join()
    assert rig.answered > 50
    assert box.wait(10) != 0
    assert "sync" in box.log() or "disk" in box.log() or "I/O" in box.log(), box.log()[-2000:]
    machine.strip.cut(None)  # what the failed sync dropped cannot come back from the kernel's memory
    machine.come_back()
    rig.restart()
    rig.verify(everything=True)


def test_a_failed_sync_of_the_database_loses_nothing(power_strip, make_cluster, make_box, folder, dice):
    # PostgreSQL starts itself again, over a machine that never stopped.
    machine = OnStrip("postgres", folder, power_strip, make_cluster, "recovery_init_sync_method = fsync")
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    timer = at(0.4, lambda: machine.strip.say("fsync EIO 1"))
    rig.work_until(2.0, lambda: None)
    timer.join()
    assert box.alive()
    machine.cut(None)
    machine.come_back()
    wait_for_grants(box, 30)
    rig.verify(everything=True)


@pytest.mark.parametrize("room", [0, 3, 40])
def test_a_full_disk_refuses_writes_and_recovers(power_strip, make_cluster, make_box, folder, dice, room):
    machine = OnStrip("sqlite", folder, power_strip, make_cluster)
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    tokens = [reply.json()["access_token"] for reply in grants(box, 20)]
    timer = at(0.2, lambda: machine.strip.say(f"write ENOSPC {room}"))
    rig.work_until(1.0, lambda: None)
    timer.join()
    refused = grants(box, 5)
    for reply in refused:
        check_refused(reply)
    assert [reply.json()["active"] for reply in introspected(box, tokens)] == [True] * 20
    assert box.alive() and box.health() == 200, box.log()[-2000:]
    machine.strip.say("ok")
    wait_for_grants(box)
    rig.verify(everything=True)
    box.kill()
    rig.restart()
    rig.verify(everything=True)


def test_a_limit_of_file_sizes_refuses_writes_and_recovers(make_box, folder, dice):
    """SIGXFSZ would end the process."""
    engine = Sqlite(folder)
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    limit = max(path.stat().st_size for path in engine.files()) + 60_000
    set_file_size(box, limit)
    rig.work_until(2.0, lambda: None)
    last = grants(box, 5)
    assert {reply.status for reply in last} <= {200, 503}
    assert any(reply.status == 503 for reply in last) or rig.load.refused_for_now > 0, "the limit was never met"
    assert box.alive() and box.health() == 200, box.log()[-2000:]
    set_file_size(box, None)
    wait_for_grants(box)
    rig.verify(everything=True)


def set_file_size(box, limit: int | None) -> None:
    value = "unlimited" if limit is None else f"{limit}:"
    subprocess.run(["prlimit", "--pid", str(box.child.pid), f"--fsize={value}"], check=True)


def test_a_full_disk_of_the_database_refuses_and_recovers(power_strip, make_cluster, make_box, folder, dice):
    machine = OnStrip("postgres", folder, power_strip, make_cluster)
    box = make_box(machine.engine)
    rig = Rig(box, folder, dice)
    rig.open()
    timer = at(0.2, lambda: machine.strip.say("write ENOSPC 5"))
    rig.work_until(1.5, lambda: None)
    timer.join()
    for reply in grants(box, 3):
        check_refused(reply)
    assert box.alive() and box.health() == 200, box.log()[-2000:]
    machine.strip.say("ok")
    machine.cluster.crash()
    machine.cluster.start()
    wait_for_grants(box, 30)
    rig.verify(everything=True)


def test_a_slow_disk_does_not_slow_what_does_not_write(power_strip, make_cluster, make_box, folder, dice, record):
    machine = OnStrip("sqlite", folder, power_strip, make_cluster)
    box = make_box(machine.engine)
    box.start()
    tokens = [reply.json()["access_token"] for reply in grants(box, 30)]
    quiet = percentile_99(introspection_times(box, tokens, 1.0))
    machine.strip.say("delay 500")
    written = []

    def write():
        while True:
            written.append((yield GRANT))

    def read(times):
        while True:
            reply = yield asking.introspection(random.choice(tokens))
            assert reply.json()["active"]
            times.append(reply.seconds)

    times: list[float] = []
    Driver(box.port).run([write() for _ in range(100)] + [read(times) for _ in range(4)], 3.0)
    machine.strip.say("ok")
    busy = percentile_99(times)
    waits = sorted(reply.seconds for reply in written)
    record("slow disk, sqlite", introspection_p99_ms=round(1000 * quiet, 1),
           with_slow_disk_p99_ms=round(1000 * busy, 1), write_max_ms=round(1000 * waits[-1]))
    assert len(times) > 200
    # 20 ms: what other processes on the machine may cost.
    assert busy < max(2 * quiet, 0.02), (quiet, busy)
    assert {reply.status for reply in written} <= {200, 503}
    assert 0.4 < waits[len(waits) // 2] < 3
    assert box.readiness() == 200


@pytest.fixture(scope="module")
def kept_database(tmp_path_factory):
    """A ledger, and the files of the database behind it: of a box that was killed, and of one that ended."""
    folder = tmp_path_factory.mktemp("kept")
    engine = Sqlite(folder)
    box = Box(folder, engine.storage())
    rig = Rig(box, folder, random.Random(3))
    rig.open()
    rig.work_until(0.6, box.kill)
    copy_files(engine, folder / "killed")
    rig.restart()
    rig.verify(everything=True)
    rig.work_until(0.3, lambda: None)
    box.stop()
    copy_files(engine, folder / "ended")
    yield rig, folder
    rig.book.close()


def copy_files(engine: Sqlite, to) -> None:
    to.mkdir()
    for path in engine.files():
        shutil.copy(path, to / path.name)
    shutil.copy(engine.folder / "ledger", to / "ledger")


FLIPS = 14


@pytest.mark.parametrize("which", ["killed", "ended"])
def test_other_bytes_than_were_written_are_found(kept_database, make_box, tmp_path, which, record):
    """Refused with what to do, or every answer is right; never a wrong one."""
    rig, kept = kept_database
    dice = random.Random(f"flips {which}")
    files = [path for path in sorted((kept / which).iterdir()) if path.suffix in (".db", ".db-wal")
             or path.name.endswith("-wal")]
    files = [path for path in files if path.stat().st_size > 0]
    assert files
    refused = served = 0
    for number in range(FLIPS):
        victim = files[number % len(files)]
        size = settled_bytes(victim)
        place = [0, 20, 100, 4096, size - 1][number // 2] if number < 10 else dice.randrange(size)
        place = min(place, size - 1)
        folder = tmp_path / f"flip-{number}"
        shutil.copytree(kept / which, folder)
        flip(folder / victim.name, place, dice)
        outcome = judge(make_box(Sqlite(folder)), folder, f"{victim.name} of {size} bytes at {place}")
        refused += outcome == "refused"
        served += outcome == "served"
    record(f"flipped bytes, sqlite {which}", flips=FLIPS, refused=refused, served_rightly=served)
    assert refused > 0


def settled_bytes(path) -> int:
    """All of a database; of a log what is ahead of its last two transactions, which nothing tells from torn writes."""
    data = path.read_bytes()
    if not path.name.endswith("-wal"):
        return len(data)
    header, frame = 32, 24 + 4096
    ends = [at + frame for at in range(header, len(data) - frame + 1, frame)
            if data[at + 8:at + 16] == data[16:24] and data[at + 4:at + 8] != bytes(4)]
    assert len(ends) > 2, "the log has no transactions to damage"
    return ends[-3]


def judge(box, folder, what: str) -> str:
    box.spawn()
    deadline = time.monotonic() + 20
    while box.alive() and box.readiness() != 200 and time.monotonic() < deadline:
        time.sleep(0.01)
    if not box.alive():
        assert box.child.returncode != 0, f"{what}: ended with 0"
        text = box.log()
        assert "restore" in text, f"{what}: does not say what to do:\n{text[-1500:]}"
        return "refused"
    book = Book(folder / "again")
    book.model = read_ledger(folder / "ledger")
    checked = Verification(box, book, random.Random(1)).run(mutate=False)
    box.kill()
    assert not checked.violations, f"{what}: {len(checked.violations)} wrong answers: {checked.violations[:3]}"
    return "served"


def test_a_damaged_table_of_postgres_gives_refusals_and_no_wrong_answers(make_cluster, make_box, folder, dice):
    """Found by PostgreSQL's checksums: what cannot be read is not known, and not called dead."""
    cluster = make_cluster()
    cluster.stop()
    call(str(programs() / "pg_checksums"), "--enable", "--no-sync", "-D", str(cluster.data))
    cluster.start()
    engine = Postgres(folder, cluster)
    box = make_box(engine)
    box.start()
    tokens = [reply.json()["access_token"] for reply in grants(box, 50)]
    box.kill()
    paths = engine.execute("SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i')"
                           " AND relname LIKE 'sluice_access_tokens%' AND pg_relation_size(oid) > 0").split()
    cluster.stop()
    for path in paths:
        flip(cluster.data / path, 5000, dice)
    cluster.start()
    box.start()
    answers = introspected(box, tokens)
    assert {reply.status for reply in answers} <= {200, 503}
    assert [reply for reply in answers if reply.status == 200 and not reply.json()["active"]] == []
    assert any(reply.status == 503 for reply in answers), "nothing was damaged"


def flip(path, place: int, dice: random.Random) -> None:
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ (1 << dice.randrange(8))]))
