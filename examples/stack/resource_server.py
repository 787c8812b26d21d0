"""An MCP server in front of the notes: tokens by Sluice, scopes by tool, friction on what changes and deletes."""

import os
from types import SimpleNamespace
from typing import Any

import httpx
import uvicorn
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import AnyHttpUrl

from sluice import (
    FrictionConfig,
    GroupFriction,
    NormalizePathMiddleware,
    Sluice,
    SluiceVerifier,
    ToolFriction,
    auth_required,
    friction_controlled,
    init_friction,
    record_tool_call,
    require_dict,
)

RESOURCE = os.environ.get("RESOURCE", "http://127.0.0.1:9000/mcp")
NOTES = os.environ.get("NOTES_URL", "http://127.0.0.1:9001")

sluice = Sluice(
    os.environ.get("SLUICE_URL", "http://127.0.0.1:8080"),
    api_key=os.environ.get("SLUICE_API_KEY", "server-key-for-trying-out"),
)
init_friction(
    FrictionConfig(
        tools={"update_note": ToolFriction(target_rate=0.1), "delete_note": ToolFriction(target_rate=0.03)},
        groups={"changes": GroupFriction(tools=["update_note", "delete_note"], aggregate_target=0.12)},
    )
)
issuer = os.environ.get("ISSUER", sluice.url)
server = MCPServer(
    "notes",
    log_level="WARNING",
    token_verifier=SluiceVerifier(sluice, resource=RESOURCE),
    auth=AuthSettings(
        issuer_url=AnyHttpUrl(issuer), resource_server_url=AnyHttpUrl(RESOURCE), required_scopes=["notes:read"]
    ),
)
backend = httpx.AsyncClient(base_url=NOTES)


async def ask(method: str, path: str, text: str | None = None) -> Any:
    response = await backend.request(method, path, json=None if text is None else {"text": text})
    if response.status_code == 404:
        raise ToolError("there is no such note")
    response.raise_for_status()
    return response.json()


@server.tool()
@record_tool_call()
async def list_notes() -> str:
    answer = SimpleNamespace(success=True, error=None, data=await ask("GET", "/notes"))
    found = require_dict(answer, "notes")
    return found if isinstance(found, str) else "\n".join(f"{number}: {text}" for number, text in found.items())


@server.tool()
@record_tool_call()
async def read_note(number: int) -> str:
    return str(await ask("GET", f"/notes/{number}"))


@server.tool()
@auth_required("notes:write")
@record_tool_call()
async def create_note(text: str) -> str:
    return f"note {await ask('POST', '/notes', text)} is there"


@server.tool()
@auth_required("notes:write")
@friction_controlled()
async def update_note(number: int, text: str) -> str:
    await ask("PUT", f"/notes/{number}", text)
    return f"note {number} is changed"


@server.tool()
@auth_required("notes:write")
@friction_controlled()
async def delete_note(number: int) -> str:
    await ask("DELETE", f"/notes/{number}")
    return f"note {number} is gone"


if __name__ == "__main__":
    app = NormalizePathMiddleware(server.streamable_http_app(stateless_http=True, json_response=True))
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=9000, log_level="warning")
