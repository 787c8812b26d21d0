"""Notes over HTTP with FastAPI: tokens by Sluice, a scope for changes, friction in front of deleting."""

import os
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from sluice import (
    FrictionConfig,
    Identity,
    Refusal,
    Sluice,
    SluiceMiddleware,
    ToolFriction,
    friction_controlled,
    init_friction,
    record_tool_call,
)
from sluice.fastapi import requires

sluice = Sluice(
    os.environ.get("SLUICE_URL", "http://127.0.0.1:8080"),
    api_key=os.environ.get("SLUICE_API_KEY", "server-key-for-trying-out"),
)
init_friction(FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)}))

app = FastAPI()
app.add_middleware(
    SluiceMiddleware,
    sluice=sluice,
    resource=os.environ.get("RESOURCE", "http://127.0.0.1:9000/mcp"),
    required_scopes=["notes:read"],
    scopes_supported=["notes:read", "notes:write"],
)

notes = {number: f"note {number}" for number in range(1, 1001)}


@app.exception_handler(Refusal)
async def refused(_: Request, refusal: Refusal) -> JSONResponse:
    """A client of a plain API reads a status; to a model an MCP server shows the text."""
    headers = {"Retry-After": str(refusal.retry_after_seconds)}
    return JSONResponse({"error": "slow_down", "error_description": str(refusal)}, 429, headers)


@app.get("/notes/{number}")
@record_tool_call("read_note")
async def read_note(number: int) -> str:
    return notes.get(number, "")


@app.delete("/notes/{number}")
@friction_controlled("delete_note")
async def delete_note(number: int, identity: Annotated[Identity, Depends(requires("notes:write"))]) -> str:
    notes.pop(number, None)
    return f"note {number} is gone, {identity.subject}"
