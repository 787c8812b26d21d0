"""An agent: it asks the server where to get a token, gets one, works calmly, then deletes in a loop until it is held back."""

import os
import sys
import time
from typing import Any

import httpx

SERVER = os.environ.get("SERVER", "http://127.0.0.1:9000/mcp")
CLIENT = ("agent", "agent-secret-for-trying-out")


def token() -> str:
    """RFC 9728: the challenge leads to the metadata, the metadata to the authorization server."""
    challenge = httpx.post(SERVER).headers["www-authenticate"]
    document = httpx.get(challenge.split('resource_metadata="')[1].split('"')[0]).json()
    issuer = os.environ.get("ISSUER") or document["authorization_servers"][0].rstrip("/")
    metadata = httpx.get(f"{issuer}/.well-known/oauth-authorization-server").json()
    form = {
        "grant_type": "client_credentials",
        "scope": "notes:read notes:write",
        "resource": document["resource"],
    }
    answer = httpx.post(metadata["token_endpoint"], data=form, auth=CLIENT).json()
    return str(answer["access_token"])


def call(http: httpx.Client, tool: str, **arguments: Any) -> tuple[str, bool]:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    result = http.post(SERVER, json=message).json()["result"]
    return result["content"][0]["text"], bool(result.get("isError"))


def main() -> None:
    fields = {
        "Authorization": f"Bearer {token()}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
    }
    with httpx.Client(headers=fields) as http:
        for number in range(1, 61):
            call(http, "create_note", text=f"note {number}")
        for number in range(1, 4):
            call(http, "read_note", number=number)
        print("calm:", call(http, "delete_note", number=1)[0], flush=True)
        for number in range(2, 61):
            text, refused = call(http, "delete_note", number=number)
            if refused:
                print(f"after {number - 1} deletions:", text)
                print("others still work:", call(http, "read_note", number=60)[0])
                return
    sys.exit("the loop was never held back")


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    sys.exit(f"{url} gives no answer")


if __name__ == "__main__":
    wait_for(SERVER)
    main()
