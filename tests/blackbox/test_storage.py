"""State that outlives the process, in SQLite: what `serve` keeps, and the commands that work on it."""

import resource
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from http_request import get, post, post_form
from oauth import Browser, introspect, is_active, obtain_tokens, refresh
from sluice import API_KEY, BINARY, PASSWORD, SECRETS, Sluice, configuration, free_port

FLUSH_S = 2.5  # penalties are written every 2 s
FRICTION = """
[resource.friction]
mode = "block"
warmup_calls = 0
adjustment_rate = 1.0
time_decay_rate = 0.0

[resource.friction.tools.delete_note]
target_rate = 0.03
"""


class Box:
    """Lives of one sluice: the same address and the same database each time."""

    def __init__(self, folder: Path, upstream: str, **changes: str):
        self.folder = folder
        self.database = folder / "sluice.db"
        self.key_file = folder / "sluice.db.key"
        self.port = free_port()
        self.upstream = upstream
        self.changes = {"storage": f'path = "{self.database}"'} | changes
        self.config = folder / "sluice.toml"
        self.config.write_text(configuration(self.port, upstream, **self.changes))
        self.running: Sluice | None = None

    def start(self) -> Sluice:
        self.running = Sluice(self.upstream, port=self.port, **self.changes)
        wait_until(lambda: get(self.port, "/readyz").status == 200)
        return self.running

    def kill(self) -> None:
        if self.running and self.running.alive():
            self.running.kill()

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess:
        command = [BINARY, *words, "--config", str(self.config)]
        return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=30)


def wait_until(happened, limit_s: float = 10) -> None:
    deadline = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def failed(ended: subprocess.CompletedProcess, *words: str) -> None:
    assert ended.returncode == 1, ended
    for word in words:
        assert word in ended.stderr, ended.stderr
    assert SECRETS.findall(ended.stderr + ended.stdout) == []


@pytest.fixture
def box(tmp_path, shared_upstream):
    made = Box(tmp_path, shared_upstream.url, friction=FRICTION)
    yield made
    made.kill()


def call(sluice: Sluice, token: str, tool: str = "delete_note"):
    body = (
        '{"jsonrpc":"2.0","id":1,"method":"tools/call",'
        f'"params":{{"name":"{tool}","arguments":{{"id":"x"}}}}}}'
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return post(sluice.port, "/mcp", body.encode(), headers)


def is_blocked(answer) -> bool:
    assert answer.status == 200, answer
    return "retry_after_seconds" in answer.text


def test_tokens_live_on_after_kill_9(box):
    sluice = box.start()
    tokens = obtain_tokens(Browser(sluice), scope="mcp:read", resource=sluice.resource)
    revoked = obtain_tokens(Browser(sluice), scope="mcp:read", resource=sluice.resource)
    post_form(sluice.port, "/revoke", {"token": revoked["refresh_token"], "client_id": "pub"})
    box.kill()
    sluice = box.start()
    assert is_active(sluice, tokens["access_token"])
    assert not is_active(sluice, revoked["access_token"])
    assert refresh(sluice, tokens["refresh_token"]).status == 200
    sluice.stop()


def test_the_servers_own_keys_survive(box):
    """A rotation repeated on the other side of a restart gives the same successor."""
    sluice = box.start()
    tokens = obtain_tokens(Browser(sluice))
    first = refresh(sluice, tokens["refresh_token"]).json()
    box.kill()
    sluice = box.start()
    second = refresh(sluice, tokens["refresh_token"]).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert stat.S_IMODE(box.key_file.stat().st_mode) == 0o600
    raw = box.database.read_bytes()
    assert box.key_file.read_bytes().strip() not in raw
    sluice.stop()


def test_sealing_keys_rotate_without_a_restart(box):
    sluice = box.start()
    tokens = obtain_tokens(Browser(sluice))
    first = refresh(sluice, tokens["refresh_token"]).json()
    old = box.key_file.read_text()
    new = "n" * 44 + "\n"
    box.key_file.write_text(new + old)
    sluice.child.send_signal(signal.SIGHUP)
    wait_until(lambda: "sealing_keys_read" in sluice.output())
    box.key_file.write_text("too short")
    sluice.child.send_signal(signal.SIGHUP)
    wait_until(lambda: "sealing_keys_refused" in sluice.output())
    assert is_active(sluice, first["access_token"])
    box.key_file.write_text(new)
    box.kill()
    sluice = box.start()
    repeated = refresh(sluice, tokens["refresh_token"]).json()
    assert repeated["refresh_token"] == first["refresh_token"]
    sluice.stop()


def test_a_wrong_sealing_key_ends_the_start_and_says_so(box):
    box.start().stop()
    box.key_file.write_text("w" * 44 + "\n")
    ended = subprocess.run(
        [BINARY, "serve", "--config", str(box.config)], capture_output=True, text=True, timeout=15
    )
    failed(ended, "cannot open the stored keys: the sealing key is not the one")


def test_a_database_without_its_key_is_refused_until_its_keys_are_forgotten(box):
    sluice = box.start()
    tokens = obtain_tokens(Browser(sluice))
    sluice.stop()
    box.key_file.unlink()
    failed(box.run("serve"), str(box.key_file), "forget-keys")
    forgotten = box.run("forget-keys")
    assert forgotten.returncode == 0, forgotten
    sluice = box.start()
    assert is_active(sluice, tokens["access_token"])
    sluice.stop()


def test_a_second_server_on_one_database_is_refused(box):
    sluice = box.start()
    failed(box.run("serve"), str(box.database))
    sluice.stop()


def test_an_agent_that_was_blocked_stays_blocked(box):
    sluice = box.start()
    scope = {"scope": "mcp:read mcp:write", "resource": sluice.resource}
    agent = obtain_tokens(Browser(sluice), **scope)["access_token"]
    other = obtain_tokens(Browser(sluice, username="bob"), **scope)["access_token"]
    for _ in range(50):
        if is_blocked(call(sluice, agent)):
            break
    assert is_blocked(call(sluice, agent))
    time.sleep(FLUSH_S)
    box.kill()
    sluice = box.start()
    shown = get(
        sluice.port,
        "/v1/friction/clients/pub?subject=alice",
        {"Authorization": f"Bearer {API_KEY}"},
    )
    tools = shown.json()["resources"][0]["tools"]
    assert tools["delete_note"]["allowed"] is False, shown
    assert is_blocked(call(sluice, agent))
    assert not is_blocked(call(sluice, other))
    sluice.stop()


def test_penalties_are_written_when_a_server_ends(box):
    sluice = box.start()
    token = obtain_tokens(
        Browser(sluice), scope="mcp:read mcp:write", resource=sluice.resource
    )["access_token"]
    for _ in range(50):
        if is_blocked(call(sluice, token)):
            break
    sluice.stop()
    sluice = box.start()
    assert is_blocked(call(sluice, token))
    sluice.stop()


def test_health_stays_well_and_metrics_tell_of_the_store(box):
    sluice = box.start()
    obtain_tokens(Browser(sluice))
    assert get(sluice.port, "/healthz").status == 200
    assert get(sluice.port, "/livez").status == 200
    text = get(sluice.port, "/metrics").text
    assert 'sluice_store_operations_total{operation="redeem",result="answered"} 1' in text
    assert "sluice_store_shards_away 0" in text
    assert "sluice_store_waiting 0" in text
    sluice.stop()


def test_a_full_disk_is_told_and_got_over(box):
    """A file size limit is to the program what a full disk is; lifting it needs no restart."""
    sluice = box.start()
    tokens = obtain_tokens(Browser(sluice))
    everything = resource.RLIM_INFINITY
    hard = resource.prlimit(sluice.child.pid, resource.RLIMIT_FSIZE)[1]
    size = box.database.with_name("sluice.db-wal").stat().st_size
    assert size > 2 * len(sluice.output()), "the log must have room below the limit"
    resource.prlimit(sluice.child.pid, resource.RLIMIT_FSIZE, (size, hard))
    refused = refresh(sluice, tokens["refresh_token"])
    assert (refused.status, refused.error) == (503, "temporarily_unavailable"), refused
    assert int(refused.get("Retry-After")) > 0
    wait_until(lambda: get(sluice.port, "/readyz").status == 503)
    assert get(sluice.port, "/readyz").json() == {"status": "storage_away"}
    assert get(sluice.port, "/healthz").status == 200
    assert is_active(sluice, tokens["access_token"])
    resource.prlimit(sluice.child.pid, resource.RLIMIT_FSIZE, (everything, hard))
    wait_until(lambda: get(sluice.port, "/readyz").status == 200)
    assert refresh(sluice, tokens["refresh_token"]).status == 200
    log = sluice.output()
    assert log.count('"storage_away"') == 1 and log.count('"storage_back"') == 1, log
    sluice.stop()


def test_with_memory_metrics_tell_of_no_store(sluice):
    assert "sluice_store_" not in get(sluice.port, "/metrics").text


def test_users_are_added_listed_and_removed(box):
    assert box.run("user", "list").stdout == ""
    for name in ("zoe", "carol"):
        added = box.run("user", "add", name, "--name", "A Person", typed=f"{PASSWORD} 2\n")
        assert added.returncode == 0, added
    assert box.run("user", "list").stdout == "carol\nzoe\n"
    failed(box.run("user", "add", "zoe", typed="other\n"), "zoe already exists")
    assert box.run("user", "add", "zoe", "--replace", typed="other\n").returncode == 0
    assert box.run("user", "remove", "zoe").returncode == 0
    failed(box.run("user", "remove", "zoe"), "there is no zoe")
    failed(box.run("user", "add", "dan", typed=""), "no password")
    assert box.run("user", "list").stdout == "carol\n"
    raw = box.database.read_bytes()
    assert PASSWORD.encode() not in raw


def test_a_user_is_added_while_the_server_runs(box):
    sluice = box.start()
    assert box.run("user", "add", "carol", typed=f"{PASSWORD}\n").returncode == 0
    tokens = obtain_tokens(Browser(sluice, username="carol"))
    assert introspect(sluice, tokens["access_token"])["sub"] == "carol"
    sluice.stop()


def test_a_copy_made_while_the_server_runs_is_restored(box):
    sluice = box.start()
    kept = obtain_tokens(Browser(sluice))
    copy = box.folder / "copy.db"
    backup = box.run("backup", str(copy))
    assert backup.returncode == 0, backup
    later = obtain_tokens(Browser(sluice))
    failed(box.run("backup", str(copy)), str(copy))
    failed(box.run("restore", str(copy)), str(box.database))
    sluice.stop()
    restored = box.run("restore", str(copy))
    assert restored.returncode == 0, restored
    sluice = box.start()
    assert is_active(sluice, kept["access_token"])
    assert not is_active(sluice, later["access_token"])
    sluice.stop()


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ('engine = "memory"', "memory"),
        (
            f'engine = "postgres"\nurl = "postgresql://127.0.0.1:9/x"\nkey = "{"k" * 32}"',
            "PostgreSQL",
        ),
    ],
)
def test_copies_are_of_sqlite_alone(tmp_path, storage, words):
    box = Box(tmp_path, "http://127.0.0.1:9/mcp", storage=storage)
    failed(box.run("backup", str(tmp_path / "copy")), words)
    failed(box.run("restore", str(tmp_path / "copy")), words)


def test_a_database_that_cannot_be_opened_ends_the_start(box):
    box.database.write_text("this is no database, but it is long enough to look at" * 100)
    box.key_file.write_text("k" * 44)
    failed(box.run("serve"), str(box.database))
