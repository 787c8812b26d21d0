"""A PostgreSQL of the test's own: another user's process, with fsync, in a folder that goes with it."""

import atexit
import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from ports import free_port

USER = "postgres"


@functools.cache
def programs() -> Path | None:
    """The folder of initdb and postgres, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def as_user(*command: str) -> list[str]:
    """PostgreSQL does not run as root."""
    return ["runuser", "-u", USER, "--", *command] if os.geteuid() == 0 else list(command)


def call(*command: str, limit_s: float = 60) -> str:
    done = subprocess.run(as_user(*command), capture_output=True, text=True, timeout=limit_s, cwd="/")
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


@functools.cache
def fresh_data() -> Path:
    """What initdb makes, once for all clusters."""
    folder = Path(tempfile.mkdtemp(prefix="sluice-initdb-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    call(str(programs() / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8",
         "--locale=C", "--no-sync", "--wal-segsize=1")
    return folder / "data"


class Cluster:
    """`settings` are lines of postgresql.conf. `strip`: a PowerStrip that carries the data, of this user."""

    def __init__(self, *settings: str, strip=None):
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        self.port = free_port()
        self.data = strip.backing / "data" if strip else self.folder / "data"
        self.log_path = self.folder / "postgres.log"
        self.child: subprocess.Popen | None = None
        call("cp", "-a", str(fresh_data()), str(self.data))
        # Nothing of a machine without power is left to be synced file by file.
        of_strip = ["recovery_init_sync_method = syncfs"] if strip else []
        self.set(f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self.folder}'",
                 "fsync = on", "synchronous_commit = on", "max_connections = 120", "shared_buffers = '32MB'",
                 "log_min_messages = warning", *of_strip, *settings)
        if strip:
            self.data = strip.mount / "data"

    def set(self, *settings: str) -> None:
        script = "cat >> " + str(self.data / "postgresql.conf")
        subprocess.run(as_user("sh", "-c", script), input="\n".join(settings) + "\n", text=True, check=True, cwd="/")

    def start(self, limit_s: float = 60) -> "Cluster":
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(as_user(str(programs() / "postgres"), "-D", str(self.data)), stdout=log,
                                          stderr=log, start_new_session=True, cwd="/")
        deadline = time.monotonic() + limit_s
        while not self.answers():
            assert self.child.poll() is None, f"postgres ended:\n{self.log()[-3000:]}"
            assert time.monotonic() < deadline, f"postgres does not answer:\n{self.log()[-3000:]}"
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        command = [str(programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command).returncode == 0

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def process_id(self) -> int | None:
        """Of the postmaster: runuser stands between."""
        if self.child is None or self.child.poll() is not None:
            return None
        if os.geteuid() != 0:
            return self.child.pid
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def signal(self, number: int) -> None:
        identifier = self.process_id()
        if identifier:
            os.kill(identifier, number)

    def _end(self, number: int, limit_s: float = 30) -> None:
        if self.child is None:
            return
        self.signal(number)
        try:
            self.child.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        self.child = None

    def crash(self) -> None:
        """All its processes end at once and write nothing more (pg_ctl stop -m immediate)."""
        self._end(signal.SIGQUIT)

    def processes(self) -> list[int]:
        """The postmaster and all its children."""
        identifier = self.process_id()
        if identifier is None:
            return []
        try:
            children = Path(f"/proc/{identifier}/task/{identifier}/children").read_text().split()
        except OSError:
            return []
        return [identifier, *map(int, children)]

    def freeze(self) -> None:
        """Nothing of it runs any more, wherever it was: the postmaster first, so that there are no new children."""
        for number in (0, 1):
            for identifier in self.processes()[: 1 if number == 0 else None]:
                try:
                    os.kill(identifier, signal.SIGSTOP)
                except ProcessLookupError:
                    pass

    def vanish(self) -> None:
        """Of a machine without power."""
        for identifier in reversed(self.processes()):
            try:
                os.kill(identifier, signal.SIGKILL)
            except ProcessLookupError:
                pass
        # runuser stops together with the process that it waits for, and has to see it end.
        os.kill(self.child.pid, signal.SIGCONT)
        self.child.wait()
        self.child = None

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def drop(self) -> None:
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, statement: str, database: str = "postgres", limit_s: float = 60) -> str:
        command = [str(programs() / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database,
                   "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement]
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s)
        assert done.returncode == 0, f"{statement}: {done.stderr}"
        return done.stdout.strip()

    def session(self, database: str) -> subprocess.Popen:
        """psql that reads statements from its standard input."""
        command = [str(programs() / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database,
                   "-qAtX"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, bufsize=1)


def user_exists() -> bool:
    try:
        pwd.getpwnam(USER)
        return True
    except KeyError:
        return os.geteuid() != 0
