// Agents that call tools of a gateway on and on, and an MCP server that answers anything.
import http from "node:http";

import { call_message, post, rpc_answer } from "./mcp.mjs";
import { basic, post_form } from "./oauth.mjs";
import { CLIENT_SECRET } from "./secrets.mjs";

// tools: what tools/list answers; may be changed while it runs.
export async function any_server(tools) {
    const server = http.createServer(async (request, response) => {
        const text = Buffer.concat(await request.toArray()).toString();
        const { id, method } = JSON.parse(text || "{}");
        const result =
            method === "tools/list" ? { tools } : { content: [{ type: "text", text: "done" }] };
        const body = JSON.stringify({ jsonrpc: "2.0", id, result });
        response.writeHead(200, { "content-type": "application/json" });
        response.end(body);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}/mcp`,
        stop: () => {
            server.closeAllConnections();
            return new Promise((resolve) => server.close(resolve));
        },
    };
}

export class Agent {
    constructor(sluice, client_id, path = "/mcp") {
        this.sluice = sluice;
        this.client_id = client_id;
        this.path = path;
    }

    async sign_in() {
        const { json } = await post_form(
            this.sluice.url("/token"),
            { grant_type: "client_credentials", resource: String(this.sluice.url(this.path)) },
            { authorization: basic(this.client_id, CLIENT_SECRET) },
        );
        this.token = json.access_token;
        return this;
    }

    // The result of a tool call; isError where friction held it back.
    async call(name, { reason } = {}) {
        const fields = reason ? { "sluice-justification": reason } : {};
        const url = this.sluice.url(this.path);
        const answer = await post(url, this.token, call_message(name), fields);
        return (await rpc_answer(answer)).result;
    }

    async list_tools() {
        const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
        return rpc_answer(await post(this.sluice.url(this.path), this.token, message));
    }

    // Calls the tools in turn, `pause_ms` apart, until stop().
    start(tools, { pause_ms = 20, reason } = {}) {
        this.running = true;
        this.loop = (async () => {
            for (let i = 0; this.running; ++i) {
                await this.call(tools[i % tools.length], { reason });
                await new Promise((resolve) => setTimeout(resolve, pause_ms));
            }
        })();
        return this;
    }
    stop() {
        this.running = false;
        return this.loop;
    }
}
