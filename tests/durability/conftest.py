"""What the proofs share: engines to prove, how much of everything, and a page of what came out."""

import json
import os
import random
import secrets
import tempfile
import time
from pathlib import Path

import pytest

pytest.register_assert_rewrite("box", "cluster", "engines", "load", "rig", "verify")

import cluster
import power
from box import Box
from cluster import Cluster
from engines import Memory, Postgres, Sqlite
from sluice import BINARY

ENGINES = ["sqlite", "postgres"]


def pytest_addoption(parser):
    parser.addoption("--cycles", type=int, default=8, help="how often each engine's box is killed under load")
    parser.addoption("--cuts", type=int, default=5, help="how often each engine's power is cut")
    parser.addoption("--races", type=int, default=500, help="how often two boxes race")
    parser.addoption("--sweep", type=int, default=8, help="at how many bytes the connection to PostgreSQL is cut")
    parser.addoption("--seed", type=int, default=None, help="of the dice; the seed of a run is printed")
    parser.addoption("--engines", default=",".join(ENGINES), help="which engines, separated by commas")
    parser.addoption("--record", default=None, help="a file for the numbers, as JSON")


def pytest_generate_tests(metafunc):
    if "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", metafunc.config.getoption("--engines").split(","), scope="session")


def pytest_configure(config):
    config.seed = config.getoption("--seed")
    if config.seed is None:
        config.seed = secrets.randbelow(10**9)
    config.recorded = {}


def pytest_report_header(config):
    return f"seed: {config.seed} (again: --seed {config.seed})"


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.write_line(f"seed: {config.seed}")
    for name, values in config.recorded.items():
        terminalreporter.write_line(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    if path := config.getoption("--record"):
        kept = json.loads(Path(path).read_text()) if Path(path).exists() else {}
        kept |= {name: {"seed": config.seed} | values for name, values in config.recorded.items()}
        Path(path).write_text(json.dumps(kept, indent=1))


@pytest.fixture
def record(request):
    """record(NAME, key=value...): for the page of results."""

    def keep(name: str, **values):
        request.config.recorded.setdefault(name, {}).update(values)

    return keep


@pytest.fixture
def dice(request):
    return random.Random(f"{request.config.seed} {request.node.nodeid}")


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="sluice-durability-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def shared_cluster():
    """For tests that do not harm it."""
    require_postgres()
    running = Cluster().start()
    yield running
    running.drop()


def require_postgres():
    if cluster.programs() is None or not cluster.user_exists():
        pytest.skip("NOT RUN: PostgreSQL is not installed (Debian: postgresql)")


@pytest.fixture
def make_cluster():
    made = []

    def make(*settings: str, **given) -> Cluster:
        require_postgres()
        made.append(Cluster(*settings, **given).start())
        return made[-1]

    yield make
    for each in made:
        each.drop()


@pytest.fixture
def engine(engine_name, folder, request):
    if engine_name == "memory":
        return Memory(folder)
    if engine_name == "sqlite":
        return Sqlite(folder)
    return Postgres(folder, request.getfixturevalue("shared_cluster"))


@pytest.fixture
def make_box(folder):
    """A box of an engine, not started; it ends with the test."""
    made = []

    def make(engine, storage: str | None = None, **given) -> Box:
        made.append(Box(folder, storage or engine.storage(), **given))
        if not given.get("origin"):
            engine.prepare(made[-1])
        return made[-1]

    yield make
    for each in made:
        each.kill()


@pytest.fixture
def power_strip():
    made = []
    why = power.missing()
    if why:
        pytest.skip(f"NOT RUN: no power can be cut here: {why}")

    def make(user: str | None = None) -> power.PowerStrip:
        made.append(power.PowerStrip(user))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(autouse=True)
def name_of_the_binary():
    assert Path(BINARY).is_file(), f"no binary at {BINARY}"
    return time.monotonic()
