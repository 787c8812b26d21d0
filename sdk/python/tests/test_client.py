"""The connection: introspection, cache, what is repeated and what is not."""

import asyncio

import httpx
import pytest
from support import API_KEY, RESOURCE, RS, Server

from sluice import NotAllowed, Sluice, SluiceUnavailable


async def test_a_good_token_tells_who_calls(server: Server) -> None:
    async with Sluice(server.url, client_id=RS[0], client_secret=RS[1]) as sluice:
        token = server.token("notes:read notes:write")
        identity = await sluice.verify(token)
        assert identity is not None
        assert identity.client_id == "agent" and identity.has("notes:read", "notes:write")
        assert identity.is_for(RESOURCE) and identity.is_for(RESOURCE + "/") and not identity.is_for(RESOURCE + "x")
        assert token not in repr(identity)
        assert await sluice.verify("made-up") is None


@pytest.mark.parametrize(
    "credentials",
    [
        {"api_key": API_KEY},
        {"client_id": RS[0], "client_secret": RS[1]},
        {"client_id": "rs-post", "client_secret": RS[1], "client_auth": "post"},
    ],
)
async def test_every_way_to_prove_itself(server: Server, credentials: dict[str, str]) -> None:
    async with Sluice(server.url, **credentials) as sluice:  # type: ignore[arg-type]
        assert await sluice.verify(server.token()) is not None


async def test_a_wrong_secret_is_not_a_bad_token(server: Server) -> None:
    async with Sluice(server.url, client_id="rs", client_secret="wrong-0123456789abcdef") as sluice:
        with pytest.raises(NotAllowed):
            await sluice.verify(server.token())


async def test_a_revoked_token_passes_no_longer_than_cache_ttl(server: Server) -> None:
    token = server.token()
    async with (
        Sluice(server.url, api_key=API_KEY, cache_ttl=0) as strict,
        Sluice(server.url, api_key=API_KEY, cache_ttl=0.3) as cached,
    ):
        assert await strict.verify(token) and await cached.verify(token)
        server.revoke(token)
        assert await strict.verify(token) is None
        assert await cached.verify(token) is not None
        await asyncio.sleep(0.35)
        assert await cached.verify(token) is None
        assert len(cached.cache) == 0


async def test_the_cache_is_bounded_and_forgets() -> None:
    answers = httpx.MockTransport(lambda _: httpx.Response(200, json={"active": True, "client_id": "c"}))
    async with httpx.AsyncClient(transport=answers) as http:
        sluice = Sluice("http://127.0.0.1:9", http=http, cache_size=10)
        for number in range(50):
            await sluice.verify(f"token-{number}")
        assert len(sluice.cache) == 10
        sluice.cache.forget("token-49")
        assert len(sluice.cache) == 9


async def test_requests_with_one_new_token_are_one_question() -> None:
    asked = 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.02)
        return httpx.Response(200, json={"active": True, "client_id": "c"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        sluice = Sluice("http://127.0.0.1:9", http=http)
        identities = await asyncio.gather(*(sluice.verify("token") for _ in range(20)))
    assert asked == 1 and all(identities)


@pytest.mark.parametrize("error", [httpx.ReadError("closed"), httpx.ConnectError("refused")])
async def test_introspection_is_repeated_once(error: httpx.HTTPError) -> None:
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise error
        return httpx.Response(200, json={"active": True, "client_id": "c"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        assert await Sluice("http://127.0.0.1:9", http=http).verify("token")
    assert asked == 2


async def test_a_decision_that_may_have_been_counted_is_not_repeated() -> None:
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        raise httpx.ReadError("closed")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(SluiceUnavailable):
            await Sluice("http://127.0.0.1:9", http=http).decide("delete_note", token="token")
    assert asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503, headers={"Retry-After": "7"}),
        httpx.Response(429),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[1]),
    ],
)
async def test_no_usable_answer_is_not_a_bad_token(answer: httpx.Response) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
        with pytest.raises(SluiceUnavailable) as raised:
            await Sluice("http://127.0.0.1:9", http=http).verify("token")
    if answer.status_code == 503:
        assert raised.value.retry_after == 7


async def test_decisions(server: Server) -> None:
    async with Sluice(server.url, client_id=RS[0], client_secret=RS[1]) as sluice:
        token = server.token("notes:read")
        allowed = await sluice.decide("read_note", token=token, resource=RESOURCE)
        assert allowed.allowed and allowed.client_id == "agent"
        refused = await sluice.decide("delete_note", token=token, resource=RESOURCE)
        assert (refused.allowed, refused.status, refused.reason) == (False, 403, "insufficient_scope")
        assert refused.challenge.startswith("Bearer ") and not refused.refused_by_friction
        unknown = await sluice.decide("read_note", token="made-up", resource=RESOURCE)
        assert (unknown.status, unknown.reason) == (401, "invalid_token")
        assert (await sluice.record("read_note", token=token, resource=RESOURCE)).allowed


def test_one_connection_serves_one_loop_after_the_other(server: Server) -> None:
    sluice = Sluice(server.url, api_key=API_KEY, cache_ttl=0)
    token = server.token()
    for _ in range(2):
        assert asyncio.run(sluice.verify(token)) is not None


def test_wrong_use_is_told() -> None:
    with pytest.raises(ValueError, match="url"):
        Sluice("auth.example.com")
    with pytest.raises(ValueError, match="one of them"):
        Sluice("https://auth.example.com", client_id="a", client_secret="b", api_key="c")
    with pytest.raises(ValueError, match="both"):
        Sluice("https://auth.example.com", client_id="a")
