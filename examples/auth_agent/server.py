"""A server written for auth_agent_mcp, with its import line changed."""

from typing import Any

from fastapi import FastAPI, Request

from sluice.compat.auth_agent_mcp import AuthAgentMiddleware

app = FastAPI()
app.add_middleware(
    AuthAgentMiddleware,
    auth_server="http://127.0.0.1:8080",
    server_id="srv_notes",
    api_key="server-key-for-trying-out",
    required_scopes=["notes:read"],
)


@app.get("/files")
async def list_files(request: Request) -> dict[str, Any]:
    return {"user": request.state.user_email, "scopes": sorted(request.state.scopes)}
