// One Hono server: hono_server.mjs none|sluice PORT SLUICE_URL API_KEY RESOURCE
import { serve } from "../../sdk/typescript/node_modules/@hono/node-server/dist/index.mjs";
import { sluice } from "../../sdk/typescript/dist/hono.js";
import { Hono } from "../../sdk/typescript/node_modules/hono/dist/index.js";

const [kind, port, url, apiKey, resource] = process.argv.slice(2);
const app = new Hono();
if (kind === "sluice") app.use("*", sluice({ url, apiKey, resource, requiredScopes: ["notes:read"] }));
app.get("/me", (c) => c.json({ ok: true }));

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(port) });
