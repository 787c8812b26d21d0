// Real MCP servers to put behind the gateway.
import { fileURLToPath } from "node:url";

import { Child } from "./child.mjs";
import { free_port, listening } from "./ports.mjs";

const local = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const PYTHON = process.env.SLUICE_TEST_PYTHON ?? local("../../build/integration/venv/bin/python");

class Upstream {
    constructor(child, port) {
        this.child = child;
        this.port = port;
        this.url = `http://127.0.0.1:${port}/mcp`;
    }

    // Requests that reached the server: [{method, url, headers}]. For the servers of our own.
    async seen() {
        return (await fetch(`http://127.0.0.1:${this.port}/seen`)).json();
    }

    async stop() {
        await this.child.stop({ limit_ms: 2_000 });
    }
}

async function start(command, make_args, env = () => ({})) {
    const port = await free_port();
    const child = new Child(command, make_args(port), { env: env(port) });
    await listening(port, { gave_up: () => child.failure() });
    return new Upstream(child, port);
}

// Sessions, a GET stream and DELETE of 2025-11-25, with resumable streams.
export function everything_server() {
    const main = local("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
    return start(
        process.execPath,
        () => [main, "streamableHttp"],
        (port) => ({ PORT: String(port) }),
    );
}

// 2026-07-28; with legacy "stateless" also 2025-11-25 without sessions.
export function both_eras_server({ legacy = "stateless" } = {}) {
    return start(process.execPath, (port) => [local("servers/both_eras.mjs"), port, legacy]);
}

// The Python SDK's server: both eras, sessions in 2025.
export function python_server() {
    return start(PYTHON, (port) => [local("servers/notes_python.py"), port]);
}
