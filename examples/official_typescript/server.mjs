// An MCP server with the official SDK 1.x on Express: tokens by Sluice, friction in front of deleting.
//
// With 2.x `requireBearerAuth` comes from @modelcontextprotocol/express, and the error is
// `new OAuthError(OAuthErrorCode.InvalidToken, text)` of @modelcontextprotocol/server.
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";
import { FrictionRefusal, guarded, localFriction, metadataUrl, protectedResourceMetadata, Sluice } from "sluice-mcp";
import { callerOf, sluiceVerifier } from "sluice-mcp/mcp";
import * as z from "zod";

const resource = "http://127.0.0.1:9000/mcp";
const sluice = new Sluice({
  url: process.env.SLUICE_URL ?? "http://127.0.0.1:8080",
  apiKey: process.env.SLUICE_API_KEY ?? "server-key-for-trying-out",
});
const verifier = sluiceVerifier({ sluice, resource, invalidToken: (text) => new InvalidTokenError(text) });
const friction = localFriction({ tools: { delete_note: { targetRate: 0.03 } } });

function notes() {
  const server = new McpServer({ name: "notes", version: "1" });
  server.registerTool("delete_note", { inputSchema: { number: z.number() } }, async ({ number }, { authInfo }) => {
    try {
      const text = await guarded(friction, callerOf(authInfo), "delete_note", () => `note ${number} is gone`);
      return { content: [{ type: "text", text }] };
    } catch (error) {
      if (error instanceof FrictionRefusal) return error.toToolResult();
      throw error;
    }
  });
  return server;
}

const app = express();
app.use(express.json());
const document = protectedResourceMetadata(resource, [sluice.url], ["notes:read", "notes:write"], "Notes");
app.get(new URL(metadataUrl(resource)).pathname, (_, response) => response.json(document));
app.use("/mcp", requireBearerAuth({ verifier, requiredScopes: ["notes:read"], resourceMetadataUrl: metadataUrl(resource) }));
app.post("/mcp", async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await notes().connect(transport);
  await transport.handleRequest(request, response, request.body);
});

app.listen(9000, "127.0.0.1");
