// The verifier in front of MCP servers of the official SDK, 1.x and 2.x.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { requireBearerAuth as requireBearerAuth2 } from "@modelcontextprotocol/express";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { requireBearerAuth as requireBearerAuth1 } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import express from "express";
import { FrictionRefusal, guarded, localFriction, metadataUrl } from "sluice-mcp";
import { callerOf, sluiceVerifier } from "sluice-mcp/mcp";

import { apiKey, otherResource, startSluice } from "./support.mjs";

const sluice = await startSluice();
const servers = [];
after(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await sluice.stop();
});

async function start(requireBearerAuth, invalidToken) {
  const port = sluice.sparePort();
  const resource = `http://127.0.0.1:${port}/mcp`;
  const verifier = sluiceVerifier({ url: sluice.url, apiKey, cacheTtl: 0, resource, invalidToken });
  const friction = localFriction({ tools: { delete_note: { targetRate: 0.03 } } });
  const app = express();
  app.use(express.json());
  app.use("/mcp", requireBearerAuth({ verifier, requiredScopes: ["notes:read"], resourceMetadataUrl: metadataUrl(resource) }));
  app.post("/mcp", async (request, response) => {
    const server = new McpServer({ name: "notes", version: "1" });
    server.registerTool("delete_note", {}, async ({ authInfo }) => {
      try {
        const text = await guarded(friction, callerOf(authInfo), "delete_note", () => `gone, ${authInfo.clientId}`);
        return { content: [{ type: "text", text }] };
      } catch (error) {
        if (error instanceof FrictionRefusal) return error.toToolResult();
        throw error;
      }
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  const http = createServer(app);
  servers.push(http);
  await new Promise((resolve) => http.listen(port, "127.0.0.1", resolve));
  return resource;
}

const call = (resource, token) =>
  fetch(resource, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "delete_note" } }),
  });

const versions = {
  "1.x": [requireBearerAuth1, (text) => new InvalidTokenError(text)],
  "2.x": [requireBearerAuth2, (text) => new OAuthError(OAuthErrorCode.InvalidToken, text)],
};

for (const [version, [requireBearerAuth, invalidToken]] of Object.entries(versions)) {
  test(`the official SDK ${version}`, async () => {
    const resource = await start(requireBearerAuth, invalidToken);
    const token = await sluice.token("notes:read", resource);
    const answer = await (await call(resource, token)).json();
    assert.equal(answer.result.content[0].text, "gone, agent");
    for (const bad of ["made-up", await sluice.token("notes:read", otherResource)]) {
      const refused = await call(resource, bad);
      assert.equal(refused.status, 401);
      assert.match(refused.headers.get("www-authenticate"), /resource_metadata="/);
    }
    let last;
    for (let i = 0; i < 60 && !last?.isError; ++i) last = (await (await call(resource, token)).json()).result;
    assert.match(last.content[0].text, /held back/);
  });
}
