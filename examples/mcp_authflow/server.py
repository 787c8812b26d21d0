"""A server written for mcp_authflow_resource, with its import lines changed: nothing else knows of Sluice."""

import uvicorn
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

from sluice.compat.mcp_authflow_resource import (
    ControllerConfig,
    FrictionRegistry,
    IntrospectionTokenVerifier,
    ToolFrictionConfig,
    friction_controlled,
    init_friction,
    record_tool_call,
    register_oauth_discovery_endpoints,
)

try:
    from mcp.server.mcpserver import MCPServer as FastMCP  # the official SDK 2.x
except ImportError:
    from mcp.server.fastmcp import FastMCP

SERVER = "http://127.0.0.1:9000/mcp"
AUTH_SERVER = "http://127.0.0.1:8080"

app = FastMCP(
    "notes",
    log_level="WARNING",
    token_verifier=IntrospectionTokenVerifier(
        f"{AUTH_SERVER}/introspect", SERVER, client_secret="server-key-for-trying-out", client_auth_method="bearer"
    ),
    auth=AuthSettings(
        issuer_url=AnyHttpUrl(AUTH_SERVER), resource_server_url=AnyHttpUrl(SERVER), required_scopes=["notes:read"]
    ),
)
register_oauth_discovery_endpoints(app, server_url=SERVER, auth_server_public_url=AUTH_SERVER, scopes=["notes:read"])
init_friction(
    FrictionRegistry(
        default_config=ControllerConfig(window_size=100),
        tool_configs={"delete_note": ToolFrictionConfig(target_rate=0.03)},
    )
)


@app.tool()
@record_tool_call()
async def read_note(number: int) -> str:
    return f"note {number}"


@app.tool()
@friction_controlled()
async def delete_note(number: int) -> str:
    return f"note {number} is gone"


if __name__ == "__main__":
    http = app.streamable_http_app(stateless_http=True, json_response=True)
    uvicorn.run(http, host="127.0.0.1", port=9000, log_level="warning")
