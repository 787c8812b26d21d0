// An MCP server on the SDK 2.x that speaks 2026-07-28 and, without sessions, 2025-11-25.
// Arguments: port, and "reject" to refuse clients of 2025. GET /seen tells the requests it got.
import { createServer } from "node:http";

import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";

import { register_notes } from "./notes.mjs";

const [port, legacy = "stateless"] = process.argv.slice(2);
const notes = new Map([["first", "hello"]]);
const seen = [];

const handler = createMcpHandler(
    () => {
        const server = new McpServer({ name: "both-eras", version: "1.0.0" });
        register_notes(server, notes);
        return server;
    },
    { legacy },
);
const mcp = toNodeHandler(handler);

createServer((request, response) => {
    if (request.url === "/seen") {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(seen));
        return;
    }
    seen.push({ method: request.method, url: request.url, headers: request.headers });
    mcp(request, response);
}).listen(Number(port), "127.0.0.1");
