"""Engines whose disk is a PowerStrip."""

from pathlib import Path

from cluster import USER, Cluster
from engines import Postgres, Sqlite
from power import PowerStrip


class OnStrip:
    """`engine` keeps its facts on `strip`; cut() and come_back() are a power failure of that machine."""

    def __init__(self, name: str, folder: Path, make_strip, make_cluster, *settings: str):
        self.name = name
        self.cluster: Cluster | None = None
        self.strip: PowerStrip = make_strip(USER if name == "postgres" else None)
        if name == "sqlite":
            self.engine = Sqlite(folder, at=self.strip.mount)
        else:
            self.cluster = make_cluster(*settings, strip=self.strip)
            self.engine = Postgres(folder, self.cluster)

    def cut(self, torn_seed: int | None) -> None:
        """PostgreSQL has no power either: while it ran on, files that become shorter under it (what was not synced is
        gone) would let it miss rows that it has told of. SQLite's files are read by the box, which may find out."""
        if self.cluster:
            self.cluster.freeze()
        self.strip.cut(torn_seed)
        if self.cluster:
            self.cluster.vanish()

    def come_back(self) -> None:
        if self.cluster:
            self.cluster.crash()
        self.strip.restore()
        if self.cluster:
            self.cluster.start()
