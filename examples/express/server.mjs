// Notes over HTTP with Express: tokens by Sluice, a scope for changes, friction in front of deleting.
import express from "express";
import { FrictionRefusal, Guard, guarded, localFriction, recorded } from "sluice-mcp";
import { requires, sluice } from "sluice-mcp/express";

const guard = new Guard({
  url: process.env.SLUICE_URL ?? "http://127.0.0.1:8080",
  apiKey: process.env.SLUICE_API_KEY ?? "server-key-for-trying-out",
  resource: "http://127.0.0.1:9000/mcp",
  requiredScopes: ["notes:read"],
  scopesSupported: ["notes:read", "notes:write"],
});
const friction = localFriction({ tools: { delete_note: { targetRate: 0.03 } } });
const notes = new Map(Array.from({ length: 1000 }, (_, i) => [String(i + 1), `note ${i + 1}`]));

const app = express();
app.use(sluice(guard));
app.get("/notes/:id", async (request, response) => {
  response.send(await recorded(friction, request.sluice, "read_note", () => notes.get(request.params.id) ?? ""));
});
app.delete("/notes/:id", requires(guard, "notes:write"), async (request, response) => {
  const { id } = request.params;
  await guarded(friction, request.sluice, "delete_note", () => notes.delete(id));
  response.send(`note ${id} is gone, ${request.sluice.subject}`);
});
app.use((error, _request, response, next) => {
  if (!(error instanceof FrictionRefusal)) return next(error);
  response.status(429).set("Retry-After", String(error.retryAfterSeconds));
  response.json({ error: "slow_down", error_description: error.message });
});

app.listen(9000, "127.0.0.1");
