// Notes over HTTP with Hono: tokens by Sluice, a scope for changes, friction in front of deleting.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { FrictionRefusal, Guard, guarded, localFriction, recorded } from "sluice-mcp";
import { requires, sluice } from "sluice-mcp/hono";

const guard = new Guard({
  url: process.env.SLUICE_URL ?? "http://127.0.0.1:8080",
  apiKey: process.env.SLUICE_API_KEY ?? "server-key-for-trying-out",
  resource: "http://127.0.0.1:9000/mcp",
  requiredScopes: ["notes:read"],
  scopesSupported: ["notes:read", "notes:write"],
});
const friction = localFriction({ tools: { delete_note: { targetRate: 0.03 } } });
const notes = new Map(Array.from({ length: 1000 }, (_, i) => [String(i + 1), `note ${i + 1}`]));

const app = new Hono();
app.use("*", sluice(guard));
app.get("/notes/:id", (c) =>
  recorded(friction, c.get("sluice"), "read_note", () => c.text(notes.get(c.req.param("id")) ?? "")));
app.delete("/notes/:id", requires(guard, "notes:write"), (c) =>
  guarded(friction, c.get("sluice"), "delete_note", () => {
    notes.delete(c.req.param("id"));
    return c.text(`note ${c.req.param("id")} is gone, ${c.get("sluice").subject}`);
  }));
app.onError((error, c) => {
  if (!(error instanceof FrictionRefusal)) throw error;
  c.header("Retry-After", String(error.retryAfterSeconds));
  return c.json({ error: "slow_down", error_description: error.message }, 429);
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 9000 });
