// Hono, Express and plain fetch handlers behind a real Sluice: the same answers from each.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, test } from "node:test";

import { serve } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { Guard, withSluice } from "sluice-mcp";
import * as forExpress from "sluice-mcp/express";
import * as forHono from "sluice-mcp/hono";

import { apiKey, freePort, otherResource, resource, startSluice } from "./support.mjs";

const sluice = await startSluice();
const servers = [];
after(async () => {
  for (const server of servers) {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
  await sluice.stop();
});

const options = (url = sluice.url) => ({ url, apiKey, resource, requiredScopes: ["notes:read"], cacheTtl: 0 });

function hono(guard) {
  const app = new Hono();
  app.use("*", forHono.sluice(guard));
  app.get("/me", (c) => c.json({ client: c.get("sluice").clientId, email: c.get("user").email }));
  app.delete("/notes/:id", forHono.requires(guard, "notes:write"), (c) => c.text("gone"));
  app.get("/health", (c) => c.text("fine"));
  return app;
}

const kinds = {
  async hono(guard) {
    const port = await freePort();
    servers.push(serve({ fetch: hono(guard).fetch, port, hostname: "127.0.0.1" }));
    return `http://127.0.0.1:${port}`;
  },
  async express(guard) {
    const app = express();
    app.use(forExpress.sluice(guard));
    app.get("/me", (request, response) => response.json({ client: request.sluice.clientId, email: request.sluice.subject }));
    app.delete("/notes/:id", forExpress.requires(guard, "notes:write"), (_, response) => response.send("gone"));
    app.get("/health", (_, response) => response.send("fine"));
    const port = await freePort();
    const server = createServer(app);
    servers.push(server);
    await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${port}`;
  },
  async fetch(guard) {
    const handler = withSluice(guard, (request, identity) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/health") return new Response("fine");
      if (request.method === "DELETE") {
        const refused = guard.require(identity, ["notes:write"]);
        return refused ? Response.json(refused.body, refused) : new Response("gone");
      }
      return Response.json({ client: identity.clientId, email: identity.subject });
    });
    const port = await freePort();
    servers.push(serve({ fetch: handler, port, hostname: "127.0.0.1" }));
    return `http://127.0.0.1:${port}`;
  },
};

for (const [kind, start] of Object.entries(kinds)) {
  describe(kind, async () => {
    const base = await start(new Guard(options()));
    const call = (path, token, init) => fetch(base + path, { ...init, headers: token ? { authorization: `bearer ${token}` } : {} });

    test("good tokens pass", async () => {
      const token = await sluice.token("notes:read notes:write");
      assert.deepEqual(await (await call("/me", token)).json(), { client: "agent", email: "agent" });
      assert.equal(await (await call("/notes/7", token, { method: "DELETE" })).text(), "gone");
      assert.equal(await (await call("/health")).text(), "fine");
    });

    test("challenges lead to the metadata, and it to the server", async () => {
      const response = await call("/me");
      assert.equal(response.status, 401);
      const document = "http://127.0.0.1:9/.well-known/oauth-protected-resource/mcp";
      assert.equal(response.headers.get("www-authenticate"), `Bearer scope="notes:read", resource_metadata="${document}"`);
      for (const path of [new URL(document).pathname, "/.well-known/oauth-protected-resource"]) {
        const metadata = await (await call(path)).json();
        assert.equal(metadata.resource, resource);
        assert.deepEqual(metadata.authorization_servers, [sluice.url]);
      }
      assert.equal((await call("/.well-known/oauth-protected-resource", undefined, { method: "POST" })).status, 405);
    });

    test("bad tokens and those of others do not pass", async () => {
      for (const token of ["made-up", await sluice.token("notes:read", otherResource)]) {
        const response = await call("/me", token);
        assert.equal(response.status, 401);
        assert.match(response.headers.get("www-authenticate"), /error="invalid_token"/);
      }
    });

    test("missing scopes are 403 with granted and needed", async () => {
      const response = await call("/notes/7", await sluice.token(), { method: "DELETE" });
      assert.equal(response.status, 403);
      assert.match(response.headers.get("www-authenticate"), /scope="notes:read notes:write"/);
      assert.equal((await call("/me", await sluice.token("notes:write"))).status, 403);
    });

    test("without Sluice requests are 503, and tokens keep their worth", async () => {
      const alone = await start(new Guard(options(`http://127.0.0.1:${await freePort()}`)));
      const response = await fetch(`${alone}/me`, { headers: { authorization: "Bearer some-token" } });
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("www-authenticate"), null);
      assert.ok(Number(response.headers.get("retry-after")) > 0);
    });
  });
}

test("the option names of the Auth-Agent SDK", async () => {
  const app = new Hono();
  const agentOptions = { authServerUrl: sluice.url, serverId: "srv_1", apiKey, requiredScopes: ["notes:read"], cacheTtl: 300 };
  app.use("*", forHono.authAgentMiddleware(agentOptions));
  app.get("/files", (c) => c.json(c.get("user")));
  const authorization = `Bearer ${await sluice.token()}`;
  const user = await (await app.request("/files", { headers: { authorization } })).json();
  assert.deepEqual(user, { email: "agent", clientId: "agent", scopes: ["notes:read"], resource });
  const refused = await app.request("/files");
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get("www-authenticate"), /resource_metadata=".*\/\.well-known\/oauth-protected-resource\/srv_1"/);
});
