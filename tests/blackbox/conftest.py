"""What several suites share: one sluice, its upstream, and the two ends that HTTP cases aim at."""

import itertools

import pytest

pytest.register_assert_rewrite("oauth", "sluice", "streams", "target", "tls", "upstream", "wire")

from oauth import Browser, obtain_tokens
from sluice import Sluice, free_port
from target import endpoint, gateway
from upstream import Upstream, answer_properly


@pytest.fixture(scope="session")
def shared_upstream():
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture
def upstream(shared_upstream):
    """The upstream of `sluice`; how it behaves is undone after the test."""
    shared_upstream.take()
    shared_upstream.faults.clear()
    yield shared_upstream
    shared_upstream.behave = answer_properly
    shared_upstream.reads_bodies = True


@pytest.fixture(scope="session")
def sluice(shared_upstream):
    down = f'[[resource]]\npath = "/down"\nupstream = "http://127.0.0.1:{free_port()}/mcp"\nverify = "local"'
    with Sluice(shared_upstream.url, more=down) as running:
        yield running


@pytest.fixture
def start(shared_upstream):
    """Starts a sluice of the test's own, which ends with the test."""
    started = []

    def start_one(upstream: str = shared_upstream.url, **changes) -> Sluice:
        started.append(Sluice(upstream, **changes))
        return started[-1]

    yield start_one
    for each in started:
        if each.alive():
            each.stop()


@pytest.fixture(scope="session")
def browser(sluice):
    """A browser in which alice is signed in after its first flow."""
    return Browser(sluice)


@pytest.fixture(scope="session")
def token(browser):
    """An access token for /mcp."""
    tokens = obtain_tokens(browser, scope="mcp:read mcp:write", resource=browser.sluice.resource)
    return tokens["access_token"]


@pytest.fixture(params=["endpoint", "gateway"])
def target(request, sluice):
    if request.param == "endpoint":
        return endpoint(sluice)
    upstream = request.getfixturevalue("upstream")
    return gateway(sluice, upstream, request.getfixturevalue("token"))


_addresses = (f"127.{a}.{b}.1" for a, b in itertools.product(range(1, 255), range(1, 255)))


@pytest.fixture
def elsewhere():
    """Loopback addresses that nobody has called from: wrong guesses count by address."""
    return _addresses
