"""An application that uses the Python SDK: keeps tokens, opens the browser, tells what it did."""

from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from person import Person

REDIRECT_URI = "http://localhost:43118/callback"


def parameters_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class MemoryStorage:
    tokens = None
    client_info = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client_info

    async def set_client_info(self, client_info):
        self.client_info = client_info


class Application:
    def __init__(self, url: str, narrow_scope: str | None = None):
        self.url = url
        self.person = Person()
        self.storage = MemoryStorage()
        self.narrow_scope = narrow_scope  # asks for this scope instead of the SDK's, once
        self.asked: list[dict] = []  # parameters of every authorization request
        self.callback = ""
        self.provider = OAuthClientProvider(
            server_url=url,
            client_metadata=OAuthClientMetadata(
                client_name="Integration test client",
                redirect_uris=[REDIRECT_URI],
                grant_types=["authorization_code", "refresh_token"],
                token_endpoint_auth_method="none",
            ),
            storage=self.storage,
            redirect_handler=self._open_browser,
            callback_handler=self._read_callback,
        )

    async def _open_browser(self, url: str) -> None:
        parts = urlsplit(url)
        parameters = parameters_of(url)
        if self.narrow_scope:
            parameters["scope"], self.narrow_scope = self.narrow_scope, None
        self.asked.append(parameters)
        url = parts._replace(query=urlencode(parameters)).geturl()
        self.callback = await self.person.authorize(url)

    async def _read_callback(self) -> AuthorizationCodeResult:
        given = parameters_of(self.callback)
        assert "error" not in given, given
        given = {name: given.get(name) for name in ("code", "state", "iss")}
        return AuthorizationCodeResult(**given)

    @property
    def scopes(self) -> set[str]:
        return set(self.storage.tokens.scope.split())

    @asynccontextmanager
    async def connected(self, mode: str):
        async with httpx2.AsyncClient(auth=self.provider, timeout=20) as http_client:
            transport = streamable_http_client(self.url, http_client=http_client)
            async with Client(transport, mode=mode) as client:
                yield client
