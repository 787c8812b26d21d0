// Friction in front of tools.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { FrictionRefusal, FrictionRegistry, guarded, localFriction, recorded, remoteFriction, Sluice } from "sluice-mcp";

import { resource, rs, startSluice } from "./support.mjs";

const sluice = await startSluice();
after(() => sluice.stop());

const alice = { issuer: "https://auth.example", clientId: "agent", subject: "alice" };
const tools = { delete_note: { targetRate: 0.03 } };

test("a loop is refused and others are not", async () => {
  const friction = localFriction({ tools });
  let deleted = 0;
  const remove = (caller) => guarded(friction, caller, "delete_note", () => ++deleted);
  const refusal = await assert.rejects(
    async () => {
      for (let i = 0; i < 100; ++i) await remove(alice);
    },
    (error) => error instanceof FrictionRefusal && error.level === "BLOCKED" && error.retryAfterSeconds > 0,
  );
  assert.equal(refusal, undefined);
  assert.ok(deleted >= 20 && deleted < 60);
  await remove({ ...alice, subject: "bob" });
});

test("a refusal is a tool result that a model reads", async () => {
  const friction = localFriction({ tools });
  try {
    for (;;) await guarded(friction, alice, "delete_note", () => {});
  } catch (error) {
    const result = error.toToolResult();
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, /delete_note.*held back for now\. Blocked: friction/);
  }
});

test("reads lower the share of deletes", async () => {
  const friction = localFriction({ tools });
  for (let i = 0; i < 20; ++i) {
    await guarded(friction, alice, "delete_note", () => {});
    for (let j = 0; j < 50; ++j) await recorded(friction, alice, "read_note", () => {});
  }
});

test("a reason lets pass where one is asked for", async () => {
  const tool = { targetRate: 0.03, justificationThreshold: 0.1, hardBlockThreshold: 1, requireJustification: true };
  const friction = localFriction({ tools: { delete_note: tool } });
  await assert.rejects(
    async () => {
      for (let i = 0; i < 100; ++i) await guarded(friction, alice, "delete_note", () => {});
    },
    (error) => error.asksReason && error.retryAfterSeconds === 0,
  );
  assert.equal(await guarded(friction, alice, "delete_note", () => "gone", "the user asked for it"), "gone");
});

test("mode delay says how long to wait", () => {
  const registry = new FrictionRegistry({ tools: { delete_note: { targetRate: 0 } }, mode: "delay", maxDelay: 1 });
  let longest = 0;
  for (let i = 0; i < 100; ++i) longest = Math.max(longest, registry.admit("c", "delete_note", false, i / 100).delaySeconds);
  assert.ok(longest > 0.9 && longest <= 1);
});

test("friction of a client that made room comes back with it", () => {
  const registry = new FrictionRegistry({ tools, maxClients: 2 });
  let now = 0;
  while (registry.admit("loop", "delete_note", false, ++now / 100).forward);
  registry.record("other", "read_note", now / 100);
  registry.record("third", "read_note", now / 100);
  assert.equal(registry.budget("loop"), undefined);
  assert.equal(registry.admit("loop", "delete_note", false, now / 100).level, "BLOCKED");
});

test("every problem of a configuration is told", () => {
  const config = { tools: { a: { targetRate: 2, targetrate: 1 } }, groups: { g: { tools: [], aggregateTarget: 3 } }, windowSize: 0.5 };
  assert.throws(() => new FrictionRegistry(config), (error) =>
    ["tools.a.targetRate", "tools.a.targetrate", "groups.g.tools", "groups.g.aggregateTarget", "windowSize"].every((key) =>
      error.message.includes(`${key}:`)));
});

test("by the decision API the count is Sluice's", async () => {
  const connection = new Sluice({ url: sluice.url, ...rs });
  const friction = remoteFriction(connection, resource);
  const caller = { ...alice, subject: "remote" };
  await recorded(friction, caller, "read_note", () => {});
  await assert.rejects(
    async () => {
      for (let i = 0; i < 100; ++i) await guarded(friction, caller, "delete_note", () => {});
    },
    (error) => error instanceof FrictionRefusal && error.level === "BLOCKED",
  );
  assert.match(JSON.stringify(await connection.frictionOf("agent", "remote")), /delete_note/);
  assert.equal(await connection.forgive("agent", "remote"), true);
  assert.equal(await connection.frictionOf("agent", "remote"), undefined);
});
