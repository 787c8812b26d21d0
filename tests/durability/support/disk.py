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
        self.strip.cut(torn_seed)

    def come_back(self) -> None:
        if self.cluster:
            self.cluster.crash()
        self.strip.restore()
        if self.cluster:
            self.cluster.start()
