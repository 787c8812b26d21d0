// The connection: introspection, cache, what is repeated and what is not.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { callerKey, challenge, isFor, NotAllowed, Sluice, SluiceUnavailable } from "sluice-mcp";

import { apiKey, freePort, resource, rs, startSluice } from "./support.mjs";

const sluice = await startSluice();
after(() => sluice.stop());

const json = (body, init) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json" }, ...init });
const active = { active: true, client_id: "c" };

test("a good token tells who calls", async () => {
  for (const credentials of [rs, { apiKey }]) {
    const connection = new Sluice({ url: sluice.url, ...credentials });
    const identity = await connection.verify(await sluice.token("notes:read notes:write"));
    assert.equal(identity.clientId, "agent");
    assert.deepEqual([...identity.scopes].sort(), ["notes:read", "notes:write"]);
    assert.ok(isFor(identity, resource) && isFor(identity, `${resource}/`) && !isFor(identity, `${resource}x`));
    assert.equal(await connection.verify("made-up"), undefined);
  }
});

test("a wrong secret is not a bad token", async () => {
  const connection = new Sluice({ url: sluice.url, clientId: "rs", clientSecret: "wrong-0123456789abcdef" });
  await assert.rejects(connection.verify(await sluice.token()), NotAllowed);
});

test("a revoked token passes no longer than cacheTtl", async () => {
  const strict = new Sluice({ url: sluice.url, apiKey, cacheTtl: 0 });
  const cached = new Sluice({ url: sluice.url, apiKey, cacheTtl: 0.3 });
  const token = await sluice.token();
  assert.ok((await strict.verify(token)) && (await cached.verify(token)));
  await sluice.revoke(token);
  assert.equal(await strict.verify(token), undefined);
  assert.ok(await cached.verify(token));
  await new Promise((resolve) => setTimeout(resolve, 350));
  assert.equal(await cached.verify(token), undefined);
  assert.equal(cached.cache.size, 0);
});

test("the cache is bounded", async () => {
  const connection = new Sluice({ url: "http://127.0.0.1:9", cacheSize: 10, fetch: async () => json(active) });
  for (let i = 0; i < 50; ++i) await connection.verify(`token-${i}`);
  assert.equal(connection.cache.size, 10);
});

test("requests with one new token are one question", async () => {
  let asked = 0;
  const connection = new Sluice({
    url: "http://127.0.0.1:9",
    fetch: async () => {
      ++asked;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return json(active);
    },
  });
  await Promise.all(Array.from({ length: 20 }, () => connection.verify("token")));
  assert.equal(asked, 1);
});

test("introspection is repeated once, a decision never", async () => {
  let asked = 0;
  const broken = async () => {
    if (++asked === 1) throw new TypeError("fetch failed");
    return json(active);
  };
  assert.ok(await new Sluice({ url: "http://127.0.0.1:9", fetch: broken }).verify("token"));
  assert.equal(asked, 2);
  asked = 0;
  await assert.rejects(new Sluice({ url: "http://127.0.0.1:9", fetch: broken }).decide({ tool: "a", token: "t" }), SluiceUnavailable);
  assert.equal(asked, 1);
});

test("no usable answer is not a bad token", async () => {
  for (const answer of [json({}, { status: 503, headers: { "retry-after": "7" } }), new Response("<html>"), json([1]), json({}, { status: 429 })]) {
    const connection = new Sluice({ url: "http://127.0.0.1:9", fetch: async () => answer });
    await assert.rejects(connection.verify("token"), (error) =>
      error instanceof SluiceUnavailable && (answer.status !== 503 || error.retryAfter === 7));
  }
  await assert.rejects(new Sluice({ url: `http://127.0.0.1:${await freePort()}` }).verify("token"), SluiceUnavailable);
});

test("decisions", async () => {
  const connection = new Sluice({ url: sluice.url, ...rs });
  const token = await sluice.token();
  assert.equal((await connection.decide({ tool: "read_note", token, resource })).allowed, true);
  const refused = await connection.decide({ tool: "delete_note", token, resource });
  assert.deepEqual([refused.allowed, refused.status, refused.reason], [false, 403, "insufficient_scope"]);
  assert.match(refused.challenge, /^Bearer /);
  assert.equal((await connection.decide({ tool: "read_note", token: "made-up", resource })).reason, "invalid_token");
  assert.equal((await connection.record({ tool: "read_note", token, resource })).allowed, true);
});

test("wrong use is told", () => {
  assert.throws(() => new Sluice({ url: "auth.example.com" }), /url/);
  assert.throws(() => new Sluice({ url: "https://a.example", clientId: "a" }), /both/);
  assert.throws(() => new Sluice({ url: "https://a.example", ...rs, apiKey }), /one of them/);
});

test("challenges cannot be broken out of, callers not confused", () => {
  assert.equal(challenge({}), "Bearer");
  assert.equal(challenge({ error: 'a", realm="b\r\nX: y' }), "Bearer error=\"a', realm='bX: y\"");
  assert.notEqual(callerKey({ issuer: "a", clientId: "b", subject: "c" }), callerKey({ issuer: "ab", clientId: "", subject: "c" }));
});
