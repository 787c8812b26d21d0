"""Several boxes that count one rate limit in Redis, and each alone while it is away."""

import json
import threading
import time

import pytest
from http_request import get, post, post_form
from oauth import as_client
from redis_server import Redis
from sluice import Sluice, free_port
from tls import make_certificate

GRANT = {"grant_type": "client_credentials", "scope": "mcp:read"}
LIMIT = 10


@pytest.fixture
def redis():
    server = Redis()
    yield server
    server.thaw()
    server.kill()


def ask_for_token(box):
    pairs, headers = as_client("conf")
    return post_form(box.port, "/token", GRANT | pairs, headers)


def events(box, event_type: str) -> list[dict]:
    lines = [json.loads(line) for line in box.output().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event_type"] == event_type]


def wait_until(condition, what: str, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def readiness(box) -> dict:
    answer = get(box.port, "/readyz")
    assert answer.status == 200, "a box without Redis still serves"
    return json.loads(answer.body)


def metric(box, name: str) -> int:
    text = get(box.port, "/metrics").body.decode()
    return next(int(line.split()[-1]) for line in text.splitlines() if line.startswith(name + " "))


def by_redis(box) -> int:
    return metric(box, 'sluice_shared_limits_total{by="redis"}')


def start_box(upstream, redis, limit=LIMIT, issuer="http://127.0.0.1:9", **changes):
    """Boxes of one fleet have one issuer, whatever their own addresses are."""
    more = redis if isinstance(redis, str) else redis.section()
    return Sluice(upstream.url, rate_limit=str(limit), issuer=issuer, more=more, **changes)


def wait_until_shared(box) -> None:
    """Requests of a client that nothing else is asked about, until Redis decides on one."""

    def is_shared():
        registration = {"redirect_uris": ["https://app.example/cb"]}
        post(box.port, "/register", json.dumps(registration), {"Content-Type": "application/json"})
        return by_redis(box) > 0

    wait_until(is_shared, "Redis is never asked")


def test_two_boxes_share_one_window(shared_upstream, redis):
    with start_box(shared_upstream, redis) as one, start_box(shared_upstream, redis) as other:
        wait_until_shared(one)
        wait_until_shared(other)
        statuses = [ask_for_token(box).status for _ in range(LIMIT) for box in (one, other)]
        assert statuses == [200] * LIMIT + [429] * LIMIT
        refused = ask_for_token(other)
        assert 1 <= int(refused.get("Retry-After")) <= 60
        assert readiness(one) == {"status": "ready"}
        assert metric(one, "sluice_redis_up") == 1
        assert events(one, "redis_away") == events(other, "redis_away") == []


def test_boxes_without_redis_count_apart(shared_upstream):
    with start_box(shared_upstream, "") as one, start_box(shared_upstream, "") as other:
        statuses = [ask_for_token(box).status for _ in range(LIMIT) for box in (one, other)]
        assert statuses == [200] * 2 * LIMIT
        assert "sluice_redis" not in get(one.port, "/metrics").body.decode()


def test_registrations_of_one_address_share_a_window(shared_upstream, redis):
    registration = json.dumps({"redirect_uris": ["https://app.example/cb"]})

    def register(box):
        return post(box.port, "/register", registration, {"Content-Type": "application/json"}).status

    with start_box(shared_upstream, redis) as one, start_box(shared_upstream, redis) as other:
        for box in (one, other):
            wait_until(lambda: ask_for_token(box) and by_redis(box) > 0, "Redis is never asked")
        statuses = [register(box) for _ in range(LIMIT) for box in (one, other)]
        assert statuses.count(201) == LIMIT
        assert statuses[LIMIT:] == [429] * LIMIT


def test_two_fleets_do_not_meet_in_one_redis(shared_upstream, redis):
    issuers = ("http://127.0.0.1:9", "http://127.0.0.1:10")
    boxes = [start_box(shared_upstream, redis, issuer=issuer) for issuer in issuers]
    with boxes[0] as one, boxes[1] as other:
        wait_until_shared(one)
        wait_until_shared(other)
        statuses = [ask_for_token(box).status for _ in range(LIMIT) for box in (one, other)]
        assert statuses == [200] * 2 * LIMIT


def load(box, seconds: float, answers: list) -> threading.Thread:
    def run():
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.monotonic()
            status = ask_for_token(box).status
            answers.append((status, time.monotonic() - begun))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_redis_killed_and_restarted_under_load(shared_upstream, redis):
    with start_box(shared_upstream, redis, limit=1_000_000) as box:
        wait_until_shared(box)
        answers = []
        clients = [load(box, 6, answers) for _ in range(4)]
        time.sleep(1)
        redis.kill()
        wait_until(lambda: readiness(box).get("degraded") == ["redis"], "nobody says so")
        assert metric(box, "sluice_redis_up") == 0
        alone = metric(box, 'sluice_shared_limits_total{by="box"}')
        time.sleep(1)
        assert metric(box, 'sluice_shared_limits_total{by="box"}') > alone
        redis.start()
        wait_until(lambda: readiness(box) == {"status": "ready"}, "it does not come back")
        shared = by_redis(box)
        time.sleep(0.5)
        assert by_redis(box) > shared
        for client in clients:
            client.join()
        assert {status for status, _ in answers} == {200}, "a request failed for Redis's sake"
        assert max(took for _, took in answers) < 2, "a request waited for Redis"
        away, back = events(box, "redis_away"), events(box, "redis_back")
        assert (len(away), len(back)) == (1, 1), "each is said once"
        assert away[0]["reason"]


def test_a_silent_redis_costs_one_timeout(shared_upstream, redis):
    with start_box(shared_upstream, redis.section(timeout="50ms"), cores="1") as box:
        wait_until_shared(box)
        redis.freeze()
        begun = time.monotonic()
        assert ask_for_token(box).status == 200
        assert time.monotonic() - begun < 1
        wait_until(lambda: events(box, "redis_away"), "nobody says so")
        statuses = [ask_for_token(box).status for _ in range(2 * LIMIT)]
        # What the box has counted all along decides now: its limit holds without a new beginning.
        assert statuses.count(200) == LIMIT - 1
        redis.thaw()
        wait_until(lambda: events(box, "redis_back"), "it does not come back")


def test_a_box_starts_without_redis_and_says_so(shared_upstream, redis):
    redis.kill()
    with start_box(shared_upstream, redis) as box:
        wait_until(lambda: events(box, "redis_away"), "nobody says so")
        statuses = [ask_for_token(box).status for _ in range(LIMIT + 1)]
        assert statuses == [200] * LIMIT + [429]
        redis.start()
        wait_until(lambda: readiness(box) == {"status": "ready"}, "it does not come back")


def test_no_address_and_no_name_reaches_redis(shared_upstream, redis):
    with start_box(shared_upstream, redis) as box:
        wait_until_shared(box)
        assert ask_for_token(box).status == 200
        keys = redis.ask("keys", "*")
        assert keys and all(key.startswith("sluice:") for key in keys.split())
        assert "127.0.0.1" not in keys and "conf" not in keys


def test_a_wrong_password_is_said_and_not_shown(shared_upstream):
    redis = Redis("--requirepass", "canary-right")
    section = f'[storage.redis]\nurl = "redis://:canary-wrong@127.0.0.1:{redis.port}"\n'
    try:
        with start_box(shared_upstream, section) as box:
            wait_until(lambda: events(box, "redis_away"), "nobody says so")
            assert "WRONGPASS" in events(box, "redis_away")[0]["reason"]
    finally:
        redis.kill()


def test_a_name_that_is_nobodys_is_announced(shared_upstream):
    section = f'[storage.redis]\nurl = "redis://redis.invalid:{free_port()}"\n'
    with start_box(shared_upstream, section) as box:
        wait_until(lambda: events(box, "redis_away"), "nobody says so")
        assert ask_for_token(box).status == 200


@pytest.fixture
def redis_with_tls(tmp_path):
    certificate = make_certificate(tmp_path, "redis", "localhost")
    port = free_port()
    server = Redis(
        "--tls-port", str(port), "--tls-auth-clients", "no",
        "--tls-cert-file", str(certificate.certificate), "--tls-key-file", str(certificate.key),
        "--tls-ca-cert-file", str(certificate.certificate),
    )  # fmt: skip
    yield port, certificate
    server.kill()


def test_redis_over_tls(shared_upstream, redis_with_tls):
    port, certificate = redis_with_tls
    section = f'[storage.redis]\nurl = "rediss://localhost:{port}"\nca = "{certificate.certificate}"\n'
    with start_box(shared_upstream, section) as box:
        wait_until_shared(box)
        assert events(box, "redis_away") == []


def test_a_redis_that_nobody_vouches_for_is_not_used(shared_upstream, redis_with_tls, tmp_path):
    port, _ = redis_with_tls
    other = make_certificate(tmp_path, "other", "localhost")
    section = f'[storage.redis]\nurl = "rediss://localhost:{port}"\nca = "{other.certificate}"\n'
    with start_box(shared_upstream, section) as box:
        wait_until(lambda: events(box, "redis_away"), "nobody says so")
        assert "TLS: " in events(box, "redis_away")[0]["reason"]
        assert by_redis(box) == 0
