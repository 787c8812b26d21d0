"""Storage for the scenarios: a SQLite file, and a PostgreSQL cluster that lives as long as its workplace."""
import glob
import os
import pwd
import secrets
import shutil
import subprocess

from compare import Failed
from workplace import Skipped, wait_until

KEY = secrets.token_urlsafe(32)


def sqlite_storage(place):
    return f'engine = "sqlite"\npath = "{place.directory}/{secrets.token_hex(4)}.db"\nkey = "{KEY}"\n'


def postgres_storage(place):
    """A database of its own in the workplace's cluster."""
    cluster = place.once("postgres", lambda: Cluster(place))
    return f'engine = "postgres"\nurl = "{cluster.new_database()}"\nkey = "{KEY}"\n'


class Cluster:
    """PostgreSQL as Debian packages it, with its defaults: it syncs before it acknowledges."""

    def __init__(self, place):
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not folders:
            raise Skipped("PostgreSQL is not installed")
        self.bin, self.port = folders[-1], place.port()
        self.data = place.directory / "postgres"
        self.data.mkdir()
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.data, pwd.getpwnam("postgres").pw_uid)
        self.run("initdb", "--pgdata", self.data, "--auth", "trust", "--username", "postgres", "--encoding", "UTF8",
                 "--no-locale")
        command = [*self.user, f"{self.bin}/postgres", "-D", self.data, "-p", self.port, "-c", "listen_addresses=127.0.0.1",
                   "-c", f"unix_socket_directories={self.data}"]
        server = place.start("PostgreSQL", self.port, [command], cpus="0,1")
        wait_until(self.answers, 30, "PostgreSQL's start")
        self.processes = server.processes

    def run(self, program, *arguments):
        done = subprocess.run([*self.user, f"{self.bin}/{program}", *map(str, arguments)], capture_output=True, text=True,
                              cwd="/")
        if done.returncode:
            raise Failed(f"{program}: {done.stderr.strip()}")

    def answers(self):
        return subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0

    def new_database(self):
        name = f"sluice_{secrets.token_hex(4)}"
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", name)
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"
