"""Durable storage beside memory: what a token costs, what asking about one costs, and how soon a start answers."""
import http.client
import statistics
import time
import urllib.parse

import database
import generator
import references
import sluice
from compare import Failed, compare
from outcome import Scenario, Target
from sluice import Options
from volume import issue_bulk
from workplace import Skipped

BOTH = "0,1"
TOKENS, TOKENS_QUICK = 10_000, 1000
COLD_TOKENS, COLD_RATE = 200_000, 2000
STORED, STORED_QUICK = 1_000_000, 20_000
SQLITE_TOKEN, POSTGRES_TOKEN = "a durable token on SQLite, all in all", "a durable token on PostgreSQL, all in all"
SQLITE_COLD = "p99 of the first introspection of a token, SQLite"
POSTGRES_COLD = "p99 of the first introspection of a token, PostgreSQL"
SQLITE_START = "start with 10^6 stored tokens to the first answer, SQLite"
POSTGRES_START = "start with 10^6 stored tokens to the first answer, PostgreSQL"


def sqlite(place, name="Sluice, SQLite", **more):
    return sluice.start(place, Options(name, storage=database.sqlite_storage(place), **more))


def postgres(place, outcome, name="Sluice, PostgreSQL", **more):
    """In a list; an empty one, and a line that says why, where PostgreSQL is missing."""
    try:
        return [sluice.start(place, Options(name, storage=database.postgres_storage(place), migrate=True, **more))]
    except Skipped as why:
        outcome.skip(name, why)
        return []


def run_durable_token(place, load, outcome, on_run):
    servers = [sluice.start(place, Options("Sluice, memory", cpus=BOTH)), sqlite(place, cpus=BOTH),
               *postgres(place, outcome, cpus=BOTH)]
    outcome.rows = compare([sluice.token_request(server) for server in servers], load, on_run)
    for row, what in zip(outcome.rows[1:], (SQLITE_TOKEN, POSTGRES_TOKEN)):
        outcome.figures[what] = 1e6 / row["rps"]


def run_durable_introspection(place, load, outcome, on_run):
    servers = [sluice.start(place, Options("Sluice, memory")), sqlite(place), *postgres(place, outcome)]
    count = TOKENS if load.rounds > 1 else TOKENS_QUICK
    asked = [sluice.introspection(server, sluice.tokens_file(place, server, count)) for server in servers]
    outcome.rows = compare([sluice.plain(asked[0], references.floor(place)), *asked], load, on_run)


def run_cold(place, load, outcome, on_run):
    drive = generator.drive(place, rate=COLD_RATE)
    targets = []
    for server in [sqlite(place, cpus=BOTH), *postgres(place, outcome, cpus=BOTH)]:
        on_run("issuing tokens")
        tokens = sluice.tokens_file(place, server, COLD_TOKENS if load.rounds > 1 else TOKENS)
        sluice.restart(place, server)
        targets.append(sluice.introspection(server, tokens, drive=drive))
    outcome.rows = compare(targets, load, on_run)
    for row, what in zip(outcome.rows, (SQLITE_COLD, POSTGRES_COLD)):
        outcome.figures[what] = statistics.median(row["p99_ms_of_rounds"])
    outcome.figures["tokens, of which each is asked about at random"] = COLD_TOKENS
    outcome.figures["rate, requests a second"] = COLD_RATE


def is_active(server, token):
    """None: it does not answer yet."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("POST", "/introspect", urllib.parse.urlencode({"token": token}),
                           {"Authorization": sluice.basic(), "Content-Type": sluice.FORM})
        answer = connection.getresponse()
        return b'"active":true' in answer.read() if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


def seconds_to_first_answer(place, server, token):
    place.stop(server)
    began = time.monotonic()
    sluice.launch(place, server)
    while (answer := is_active(server, token)) is None:
        if time.monotonic() - began > 60:
            raise Failed(f"{server.name} does not answer: {place.log_of(server)}")
        time.sleep(0.002)
    if not answer:
        raise Failed(f"{server.name} has forgotten a token")
    return time.monotonic() - began


def run_durable_start(place, load, outcome, on_run):
    count = STORED if load.rounds > 1 else STORED_QUICK
    servers = [sqlite(place, cpus=BOTH), *postgres(place, outcome, cpus=BOTH)]
    for server, what in zip(servers, (SQLITE_START, POSTGRES_START)):
        on_run("issuing tokens")
        token = sluice.issue(server)
        issue_bulk(server, count)
        starts = [seconds_to_first_answer(place, server, token) for _ in range(load.rounds)]
        outcome.figures[f"{what}, of all starts"] = ", ".join(f"{one * 1000:.0f} ms" for one in starts)
        if count == STORED:
            outcome.figures[what] = statistics.median(starts)


DURABLE_TOKEN = Scenario(
    "durable-token", "A durable token",
    "RFC 6749 section 4.4, the answer behind the commit: every request issues a new token. One shard; the server, its "
    "storage and the load share both cores, and PostgreSQL's own processes, which are not counted as CPU of Sluice, too. "
    "Both databases sync to the disk before they acknowledge. All in all is the time from one token to the next: 33.3 µs "
    "are 30,000 tokens a second, 66.7 µs are 15,000.",
    run_durable_token, [Target(SQLITE_TOKEN, 33.3, unit="µs"), Target(POSTGRES_TOKEN, 66.7, unit="µs")])
DURABLE_INTROSPECTION = Scenario(
    "durable-introspection", "Introspection of a token in memory, above each storage engine",
    "RFC 7662: the token is one of 10,000 live ones, drawn at random, which the working set has in memory.",
    run_durable_introspection,
    [Target("introspection of a token in memory, SQLite over memory", 1.0, "Sluice, SQLite", "Sluice, memory"),
     Target("introspection of a token in memory, PostgreSQL over memory", 1.0, "Sluice, PostgreSQL", "Sluice, memory")])
COLD = Scenario(
    "cold-introspection", "The first introspection of a token",
    "Introspection of 200,000 stored tokens, drawn at random, behind a start: nearly none is in memory, so nearly every "
    "request reads the database. An open loop; latency counts from when a request was due.",
    run_cold, [Target(SQLITE_COLD, 2.0, unit="ms"), Target(POSTGRES_COLD, 2.0, unit="ms")], plots="p99")
DURABLE_START = Scenario(
    "durable-start", "A start with a million stored tokens",
    "The time from starting the process to its answer about a stored token.",
    run_durable_start, [Target(SQLITE_START, 1.0, unit="s"), Target(POSTGRES_START, 1.0, unit="s")])
