"""A newer program over an older schema with data: everything is there afterwards."""

import subprocess
import sys

from engines import Postgres, Sqlite
from rig import Rig

# Version 1 knew times of documents in whole seconds, and no probe.
TO_VERSION_1 = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA wal_autocheckpoint = 0")
assert database.execute("PRAGMA user_version").fetchone()[0] == 2
database.executescript('''
    BEGIN;
    UPDATE documents SET expires_at = expires_at / 1000;
    DROP TABLE probe;
    PRAGMA user_version = 1;
    COMMIT;
''')
os._exit(0)  # the pages stay in the log: only the engine knows how a page is written
"""


def worked(box, folder, dice) -> Rig:
    rig = Rig(box, folder, dice)
    rig.open()
    rig.work_until(0.8, lambda: None)
    rig.load.consent_to_a_registered_client()
    box.stop()
    return rig


def test_a_sqlite_file_of_version_1_is_upgraded_with_its_data(make_box, folder, dice):
    engine = Sqlite(folder)
    box = make_box(engine)
    rig = worked(box, folder, dice)
    subprocess.run([sys.executable, "-c", TO_VERSION_1, str(engine.path)], check=True)
    rig.restart()
    rig.verify(everything=True)
    box.stop()


def test_a_sqlite_file_of_a_newer_program_is_refused(make_box, folder, dice):
    engine = Sqlite(folder)
    box = make_box(engine)
    worked(box, folder, dice)
    newer = TO_VERSION_1.replace("UPDATE documents SET expires_at = expires_at / 1000;", "").replace(
        "DROP TABLE probe;", "").replace("user_version = 1", "user_version = 1000")
    subprocess.run([sys.executable, "-c", newer, str(engine.path)], check=True)
    box.spawn()
    assert box.wait(20) != 0
    assert "version" in box.log() and "1000" in box.log(), box.log()[-2000:]


def test_a_postgres_schema_without_the_last_migration_is_upgraded_with_its_data(shared_cluster, make_box, folder, dice):
    engine = Postgres(folder, shared_cluster)
    box = make_box(engine)
    rig = worked(box, folder, dice)
    engine.execute("DROP TABLE sluice_revocations; DELETE FROM sluice_migrations WHERE version = 3")
    told = box.run("migrate", "--dry-run")
    assert told.returncode == 0 and "0003" in told.stdout, told
    assert engine.execute("SELECT count(*) FROM sluice_migrations WHERE version = 3") == "0"
    done = box.run("migrate")
    assert done.returncode == 0, done
    rig.restart()
    rig.verify(everything=True)
    box.stop()


def test_a_box_over_an_old_postgres_schema_says_what_to_do(shared_cluster, make_box, folder):
    engine = Postgres(folder, shared_cluster)
    box = make_box(engine)
    engine.execute("DROP TABLE sluice_revocations; DELETE FROM sluice_migrations WHERE version = 3")
    box.spawn()
    try:
        box.wait_until_ready(2)
        raise RuntimeError("ready over a schema that lacks a table")
    except AssertionError:
        assert "sluice migrate" in box.log(), box.log()[-2000:]


def test_a_column_of_another_type_is_named(shared_cluster, make_box, folder):
    engine = Postgres(folder, shared_cluster)
    box = make_box(engine)
    engine.execute("ALTER TABLE sluice_documents ALTER COLUMN value TYPE varchar(100)")
    box.spawn()
    try:
        box.wait_until_ready(2)
        raise RuntimeError("ready over a schema that is not as expected")
    except AssertionError:
        assert "sluice_documents.value" in box.log(), box.log()[-2000:]
