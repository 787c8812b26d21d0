// A real sluice for the tests, and tokens of it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = process.env.SLUICE_ROOT ?? join(dirname(fileURLToPath(import.meta.url)), "../../..");
const binary = process.env.SLUICE_BINARY ?? join(root, "build/release/sluice");

export const apiKey = "api-key-0123456789abcdef0123456789abcdef";
export const rs = { clientId: "rs", clientSecret: "rs-secret-0123456789abcdef0123456789abcdef01" };
const agentSecret = "agent-secret-0123456789abcdef0123456789abcdef";
export const resource = "http://127.0.0.1:9/mcp";
export const otherResource = "http://127.0.0.1:9/other";

/** Below the kernel's own ports (32768 on): one of those may be taken at any time. */
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

const configuration = (port, others) => `
[server]
listen = ["127.0.0.1:${port}"]
public_url = "http://127.0.0.1:${port}"
cores = 1
[log]
level = "error"
[storage]
engine = "memory"
[auth]
issuer = "http://127.0.0.1:${port}"
default_scope = "notes:read"
rate_limit.requests = 100000
resources = ${JSON.stringify(others)}
[auth.scopes]
"notes:read" = "Read notes"
"notes:write" = "Write notes"
[[auth.client]]
client_id = "agent"
client_secret = "${agentSecret}"
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
scope = "notes:read notes:write"
[[auth.client]]
client_id = "rs"
client_secret = "${rs.clientSecret}"
auth_method = "client_secret_basic"
grant_types = []
introspect = true
[[auth.api_key]]
name = "servers"
key = "${apiKey}"
[[resource]]
path = "/tools"
identifier = "${resource}"
required_scopes = ["notes:read"]
[[resource.tool]]
match = "delete_.*"
scopes = ["notes:write"]
[resource.friction]
enabled = true
[resource.friction.tools.delete_note]
target_rate = 0.03
[[resource]]
path = "/other"
identifier = "${otherResource}"
`;

async function listening(port, child) {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing listens on ${port}`);
}

export async function startSluice() {
  const port = await freePort();
  // For servers that tests start: tokens are issued for resources that are known.
  const spare = [];
  for (let i = 0; i < 8; ++i) spare.push(await freePort());
  const folder = mkdtempSync(join(tmpdir(), "sluice-sdk-"));
  writeFileSync(join(folder, "sluice.toml"), configuration(port, spare.map((one) => `http://127.0.0.1:${one}/mcp`)));
  const child = spawn(binary, ["serve", "--config", join(folder, "sluice.toml")], { stdio: "inherit" });
  await listening(port, child);
  const url = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${btoa(`agent:${agentSecret}`)}`;
  const post = (path, form) =>
    fetch(url + path, { method: "POST", headers: { authorization }, body: new URLSearchParams(form) });
  return {
    url,
    sparePort: () => spare.pop(),
    async token(scope = "notes:read", forResource = resource) {
      const response = await post("/token", { grant_type: "client_credentials", scope, resource: forResource });
      const answer = await response.json();
      if (!response.ok) throw new Error(JSON.stringify(answer));
      return answer.access_token;
    },
    revoke: (token) => post("/revoke", { token }),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const code = await ended;
      rmSync(folder, { recursive: true });
      if (code !== 0) throw new Error(`sluice ended with ${code}`);
    },
  };
}
