"""The requests of the ledger client, as bytes."""

from urllib.parse import urlencode

from facts import Client, Code, Family
from http_request import basic, request_bytes
from oauth import Pkce
from sluice import CONF_SECRET, RS_SECRET

KNOWN = {
    "pub": Client("pub", None, "https://pub.example/cb"),
    "conf": Client("conf", CONF_SECRET, "https://app.example/cb"),
}
ELSEWHERE = "https://elsewhere.example/mcp"  # a resource beside the box's own
AS_RS = basic("rs", RS_SECRET)
FORM = "application/x-www-form-urlencoded"


def form(target: str, pairs: dict, authorization: str | None = None) -> bytes:
    headers = {"Content-Type": FORM}
    if authorization:
        headers["Authorization"] = authorization
    return request_bytes("POST", target, headers, urlencode(pairs).encode())


def by_client(target: str, pairs: dict, client: Client) -> bytes:
    if client.secret is None:
        return form(target, pairs | {"client_id": client.id})
    return form(target, pairs, basic(client.id, client.secret))


def introspection(token: str) -> bytes:
    return form("/introspect", {"token": token}, AS_RS)


def revocation(client: Client, token: str) -> bytes:
    return by_client("/revoke", {"token": token}, client)


def rotation(client: Client, refresh: str) -> bytes:
    return by_client("/token", {"grant_type": "refresh_token", "refresh_token": refresh}, client)


def redemption(client: Client, code: Code) -> bytes:
    pairs = {"grant_type": "authorization_code", "code": code.text, "redirect_uri": code.redirect}
    return by_client("/token", pairs | {"code_verifier": code.verifier}, client)


def client_credentials(client: Client, scope: str, resource: str) -> bytes:
    return by_client("/token", {"grant_type": "client_credentials", "scope": scope, "resource": resource}, client)


def authorization(client: Client, pkce: Pkce, scope: str, resource: str, cookie: str | None) -> bytes:
    pairs = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect,
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
        "state": "s",
        "scope": scope,
        "resource": resource,
    }
    headers = {"Cookie": cookie} if cookie else {}
    return request_bytes("GET", "/authorize?" + urlencode(pairs), headers)


def registration(name: str, redirect: str, confidential: bool) -> bytes:
    method = "client_secret_basic" if confidential else "none"
    body = (
        f'{{"client_name":"{name}","redirect_uris":["{redirect}"],"token_endpoint_auth_method":"{method}",'
        f'"scope":"mcp:read mcp:write"}}'
    )
    return request_bytes("POST", "/register", {"Content-Type": "application/json"}, body.encode())


def owner(model, family: Family) -> Client:
    return KNOWN.get(family.client) or model.clients[family.client]
