"""Sluice over HTTP: introspection (RFC 7662) and decisions, by one pooled client."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote, quote_plus

import httpx

from .cache import TokenCache
from .decision import Decision
from .errors import NotAllowed, SluiceUnavailable
from .identity import Identity, identity_of

# What never reached the server may be sent again, whatever it is.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Sluice:
    """A connection to Sluice. One for a process; every method may be called by any task at any time.

    url            Sluice's public URL, `https://auth.example.com`.
    client_id, client_secret   A client of Sluice with `introspect = true`; or
    client_auth    How the secret is sent for introspection: `client_secret_basic` or `client_secret_post`.
    api_key        a key of `[[auth.api_key]]`. With neither, it asks without credentials.
    cache_ttl      Seconds for which a good token is believed without asking: the longest time that a revoked
                   one still passes. 0: every request asks.
    timeout        Seconds for connecting, asking and the whole answer.
    introspection_endpoint   Where it is not `url`/introspect: another server's.
    http           A client of your own, which you close yourself.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        client_auth: Literal["basic", "post"] = "basic",
        api_key: str | None = None,
        cache_ttl: float = 5.0,
        cache_size: int = 4096,
        timeout: float = 5.0,
        introspection_endpoint: str | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("url: begins with https:// or http://")
        if api_key is not None and client_secret is not None:
            raise ValueError("api_key and client_secret: one of them")
        if (client_id is None) != (client_secret is None):
            raise ValueError("client_id and client_secret: both, or neither")
        self.url = url.rstrip("/")
        self.introspection_endpoint = introspection_endpoint or f"{self.url}/introspect"
        self.cache = TokenCache(cache_ttl, cache_size)
        self._timeout = timeout
        self._authorization = _authorization(client_id, client_secret, api_key)
        self._form: dict[str, str] = {}
        if client_auth == "post" and client_id is not None and client_secret is not None:
            self._form = {"client_id": client_id, "client_secret": client_secret}
        self._http = http
        self._own: tuple[asyncio.AbstractEventLoop, httpx.AsyncClient] | None = None
        self._asking: dict[bytes, asyncio.Task[Identity | None]] = {}

    # ---- tokens

    async def verify(self, token: str) -> Identity | None:
        """Who the token speaks for; None if it is not (or no longer) good. Raises SluiceUnavailable, NotAllowed."""
        key = TokenCache.key(token)
        known = self.cache.get(key)
        if known is not None:
            return known
        # Many requests with one new token are one question.
        task = self._asking.get(key)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.ensure_future(self._introspect(key, token))
            self._asking[key] = task
            task.add_done_callback(lambda done: self._asked(key, done))
        return await asyncio.shield(task)

    def _asked(self, key: bytes, done: asyncio.Task[Identity | None]) -> None:
        if self._asking.get(key) is done:
            del self._asking[key]
        if not done.cancelled():
            done.exception()  # somebody may have stopped waiting for it

    async def _introspect(self, key: bytes, token: str) -> Identity | None:
        form = {"token": token, "token_type_hint": "access_token"} | self._form
        headers = {} if self._form else self._authorization
        response = await self._send("POST", self.introspection_endpoint, headers, harmless=True, data=form)
        identity = identity_of(token, _json(response))
        if identity is None or identity.expired:
            self.cache.drop(key)
            return None
        self.cache.put(key, identity)
        return identity

    # ---- decisions (docs/DECISIONS.md)

    async def decide(
        self,
        tool: str,
        *,
        token: str | None = None,
        client_id: str | None = None,
        subject: str | None = None,
        scope: str | None = None,
        resource: str | None = None,
        justification: str | None = None,
    ) -> Decision:
        """Decides on a call, and counts it if it passes. Is never sent twice: it counts."""
        question = _question(tool, token, client_id, subject, scope, resource, justification)
        response = await self._send("POST", f"{self.url}/v1/decision", json=question)
        decision = Decision.read(_json(response))
        if token is not None and decision.reason == "invalid_token":
            self.cache.forget(token)
        return decision

    async def record(
        self,
        tool: str,
        *,
        token: str | None = None,
        client_id: str | None = None,
        subject: str | None = None,
        resource: str | None = None,
    ) -> Decision:
        """Counts a call that was made in any case."""
        question = _question(tool, token, client_id, subject, None, resource, None)
        response = await self._send("POST", f"{self.url}/v1/friction/record", json=question)
        return Decision.read(_json(response))

    async def friction_of(self, client_id: str, subject: str | None = None) -> Mapping[str, Any] | None:
        """How a client stands; None where no call of it is remembered."""
        response = await self._send(
            "GET", self._friction_url(client_id), harmless=True, params=_subject(subject), missing=True
        )
        return None if response.status_code == 404 else _json(response)

    async def forgive(self, client_id: str, subject: str | None = None) -> bool:
        """Forgets a client's friction; whether there was any."""
        response = await self._send(
            "DELETE", self._friction_url(client_id), harmless=True, params=_subject(subject), missing=True
        )
        return response.status_code != 404

    def _friction_url(self, client_id: str) -> str:
        return f"{self.url}/v1/friction/clients/{quote(client_id, safe='')}"

    # ---- the connection

    async def __aenter__(self) -> Sluice:
        return self

    async def __aexit__(self, *unused: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections; the next call opens new ones."""
        own, self._own = self._own, None
        if own is not None:
            await own[1].aclose()

    def _client(self) -> httpx.AsyncClient:
        if self._http is not None:
            return self._http
        loop = asyncio.get_running_loop()
        # Connections belong to the loop that opened them; tests and reloads start another.
        if self._own is None or self._own[0] is not loop or self._own[1].is_closed:
            self._own = (loop, httpx.AsyncClient(timeout=self._timeout, follow_redirects=False))
        return self._own[1]

    async def _send(
        self,
        method: str,
        url: str,
        authorization: dict[str, str] | None = None,
        *,
        harmless: bool = False,
        missing: bool = False,
        **request: Any,
    ) -> httpx.Response:
        headers = {"Accept": "application/json"} | (self._authorization if authorization is None else authorization)
        response = await self._send_once(method, url, headers, harmless, request)
        if response.status_code == 200 or (missing and response.status_code == 404):
            return response
        if response.status_code in (400, 401, 403, 404):
            raise NotAllowed(f"{url} refuses to answer ({response.status_code}): {_reason(response)}")
        raise SluiceUnavailable(f"{url} answered {response.status_code}", _retry_after(response))

    async def _send_once(
        self, method: str, url: str, headers: dict[str, str], harmless: bool, request: dict[str, Any]
    ) -> httpx.Response:
        try:
            return await self._client().request(method, url, headers=headers, **request)
        except httpx.HTTPError as error:
            # A question without consequences is repeated once: a pooled connection may have been closed meanwhile.
            may_repeat = isinstance(error, _NOT_SENT) or (harmless and not isinstance(error, httpx.TimeoutException))
            if not may_repeat:
                raise SluiceUnavailable(f"{url} gives no answer: {error!r}") from error
        try:
            return await self._client().request(method, url, headers=headers, **request)
        except httpx.HTTPError as error:
            raise SluiceUnavailable(f"{url} gives no answer: {error!r}") from error


def _authorization(client_id: str | None, client_secret: str | None, api_key: str | None) -> dict[str, str]:
    if api_key is not None:
        return {"Authorization": f"Bearer {api_key}"}
    if client_id is None or client_secret is None:
        return {}
    # RFC 6749 section 2.3.1: each is form-encoded first.
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _question(
    tool: str,
    token: str | None,
    client_id: str | None,
    subject: str | None,
    scope: str | None,
    resource: str | None,
    justification: str | None,
) -> dict[str, str]:
    question = {
        "tool": tool,
        "token": token,
        "client_id": client_id,
        "subject": subject,
        "scope": scope,
        "resource": resource,
        "justification": justification,
    }
    return {name: value for name, value in question.items() if value is not None}


def _subject(subject: str | None) -> dict[str, str]:
    return {} if subject is None else {"subject": subject}


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as error:
        raise SluiceUnavailable(f"{response.url} answered no JSON") from error
    if not isinstance(answer, dict):
        raise SluiceUnavailable(f"{response.url} answered no JSON object")
    return answer


def _reason(response: httpx.Response) -> str:
    try:
        answer = response.json()
        return str(answer.get("error_description") or answer.get("error") or "")
    except (ValueError, AttributeError):
        return response.text[:200]


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None
