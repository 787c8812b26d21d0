// Every recorded trace of friction, step by step: levels, flags and messages equal, numbers within 1e-9.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { FrictionRegistry, messageOf } from "sluice-mcp";

import { root } from "./support.mjs";

const folder = join(root, "tests/vectors/friction");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const number = (value) => (value === "inf" ? Infinity : value);
const keysOf = (entry) => Object.fromEntries(Object.entries(entry).map(([key, value]) => [camel(key), number(value)]));
const each = (entries) => Object.fromEntries(Object.entries(entries ?? {}).map(([name, entry]) => [name, keysOf(entry)]));

function registryOf({ config: { tools, groups, ...rest }, max_clients, penalty_ttl, penalty_min_friction }) {
  const trace = Object.entries({ max_clients, penalty_ttl, penalty_min_friction }).filter(([, value]) => value !== undefined);
  const config = { ...keysOf(rest), ...keysOf(Object.fromEntries(trace)), recoverWhileIdle: false };
  return new FrictionRegistry({ ...config, tools: each(tools), groups: each(groups) });
}

function compare(actual, expected, where) {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), where);
  for (const [name, wanted] of Object.entries(expected)) {
    const near = typeof wanted === "number" && Math.abs(actual[name] - wanted) <= 1e-9;
    if (!near) assert.equal(actual[name], number(wanted), `${where}: ${name}`);
  }
}

const decided = (decision) => ({
  level: decision.level,
  allowed: decision.allowed,
  justification_required: decision.justificationRequired,
  saturation_detected: decision.saturationDetected,
  message: messageOf(decision),
  friction: decision.friction,
  cost: decision.cost,
  current_rate: decision.currentRate,
  target_rate: decision.targetRate,
  effective_target: decision.effectiveTarget,
});

function statusOf(registry, client, tool) {
  const decision = registry.check(client, tool, 0);
  return {
    level: decision.level,
    allowed: decision.allowed,
    saturation_detected: decision.saturationDetected,
    friction: decision.friction,
    cost: decision.cost,
    ema_rate: decision.currentRate,
    raw_rate: registry.windowRate(client, tool),
    target_rate: decision.targetRate,
    effective_target: decision.effectiveTarget,
  };
}

function doStep(registry, { op, client = "", tool, t = 0 }) {
  switch (op) {
    case "guarded":
    case "check_and_record":
      return registry.checkAndRecord(client, tool, t);
    case "check":
      return registry.check(client, tool, t);
    case "record":
      registry.record(client, tool, t);
      return registry.check(client, tool, t);
    case "record_unconfigured":
      registry.record(client, tool, t);
      return undefined;
    default:
      throw new Error(`unknown op ${op}`);
  }
}

for (const file of files) {
  test(file, () => {
    const trace = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const registry = registryOf(trace);
    trace.steps.forEach((step, index) => {
      const decision = doStep(registry, step);
      assert.equal(decision === undefined, (step.expect ?? undefined) === undefined, `step ${index}`);
      if (decision !== undefined) compare(decided(decision), step.expect, `step ${index}`);
      const events = registry.takeSaturations();
      if (trace.kind === "controller") {
        const wanted = (step.saturation_events ?? []).map(([tool, effectiveTarget, targetRate]) => ({ tool, effectiveTarget, targetRate }));
        assert.equal(events.length, wanted.length, `step ${index}`);
        events.forEach(({ client: _, ...event }, i) => compare(event, wanted[i], `step ${index}`));
      }
      if (step.then === "reset_budget") registry.resetBudget(step.client ?? "");
    });
    let { status } = trace.final;
    if (trace.kind === "controller") {
      compare({ budget: registry.budget("") }, { budget: trace.final.budget_remaining }, "end");
      status = { "": status };
    } else {
      assert.equal(registry.clients, trace.final.client_count);
    }
    for (const [client, expected] of Object.entries(status)) {
      if (expected === null) {
        assert.equal(registry.budget(client), undefined, client);
        continue;
      }
      for (const [tool, wanted] of Object.entries(expected)) compare(statusOf(registry, client, tool), wanted, `${client} ${tool}`);
    }
  });
}

test("there are all of them", () => assert.ok(files.length >= 36));
