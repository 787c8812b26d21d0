// What has to work in every runtime with Web standards: friction in process, and a guarded fetch handler.
import { FrictionRegistry, withSluice } from "sluice-mcp";

const registry = new FrictionRegistry({ tools: { delete_note: { targetRate: 0.03 } } });
let passed = 0;
while (registry.admit("client", "delete_note", false, passed).forward) ++passed;

const answer = { active: true, client_id: "agent", aud: "https://tools.example/mcp", scope: "notes" };
const fetch = async () => Response.json(answer);
const options = { url: "https://auth.example", apiKey: "key", resource: "https://tools.example/mcp", fetch };
const handler = withSluice(options, (_, identity) => new Response(identity.clientId));
const headers = { authorization: "Bearer token" };
const good = await handler(new Request("https://tools.example/me", { headers }));
const bad = await handler(new Request("https://tools.example/me"));
const document = await handler(new Request("https://tools.example/.well-known/oauth-protected-resource/mcp"));

const right =
  passed === 32 && good.status === 200 && (await good.text()) === "agent" && bad.status === 401 &&
  bad.headers.get("www-authenticate").includes("resource_metadata=") &&
  (await document.json()).authorization_servers[0] === "https://auth.example";
if (!right) throw new Error(`${passed} calls passed, ${good.status}, ${bad.status}`);
