"""What a box can keep its facts in."""

import base64
import secrets
import subprocess
from pathlib import Path

from box import Box
from cluster import Cluster


class Memory:
    name = "memory"
    durable = False

    def __init__(self, folder: Path):
        self.folder = folder

    def storage(self) -> str:
        return 'engine = "memory"'

    def prepare(self, box: Box) -> None:
        pass

    def crash(self) -> None:
        """What a crash of the machine ends beside the box."""

    def recover(self) -> None:
        pass

    def stop(self) -> None:
        pass


class Sqlite(Memory):
    name = "sqlite"
    durable = True

    def __init__(self, folder: Path, at: Path | None = None, more: str = ""):
        super().__init__(folder)
        self.path = (at or folder) / "sluice.db"
        self.more = more

    def storage(self) -> str:
        return f'engine = "sqlite"\npath = "{self.path}"\n{self.more}'

    def files(self) -> list[Path]:
        return sorted(self.path.parent.glob(self.path.name + "*"))


class Postgres(Memory):
    """A database of a cluster, in which `sluice migrate` makes the schema."""

    name = "postgres"
    durable = True

    def __init__(self, folder: Path, cluster: Cluster, database: str | None = None, more: str = ""):
        super().__init__(folder)
        self.cluster = cluster
        self.database = database or "sluice_" + secrets.token_hex(4)
        self.key = folder / "sealing.key"
        if not self.key.exists():
            self.key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        self.more = more
        self.cluster.execute(f"CREATE DATABASE {self.database}", "postgres")

    def storage(self, port: int | None = None, more: str | None = None) -> str:
        """`port`: of a proxy in between."""
        url = f"postgresql://postgres@127.0.0.1:{port or self.cluster.port}/{self.database}"
        return f'engine = "postgres"\nurl = "{url}"\nkey_file = "{self.key}"\n{self.more if more is None else more}'

    def prepare(self, box: Box) -> None:
        done: subprocess.CompletedProcess = box.run("migrate")
        assert done.returncode == 0, f"migrate ended with {done.returncode}:\n{done.stdout}{done.stderr}"

    def execute(self, statement: str) -> str:
        return self.cluster.execute(statement, self.database)

    def crash(self) -> None:
        self.cluster.crash()

    def recover(self) -> None:
        self.cluster.start()
