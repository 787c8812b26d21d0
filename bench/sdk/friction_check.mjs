// What one friction check costs from Node: friction_check.mjs [CALLS]     prints nanoseconds, the best of seven rounds
import { FrictionRegistry } from "../../sdk/typescript/dist/index.js";

const calls = Number(process.argv[2] ?? 1_000_000);
const tools = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`tool_${i}`, { targetRate: 0.05 + i / 100 }]));
const registry = new FrictionRegistry({ tools });
const clients = Array.from({ length: 100 }, (_, i) => `https://auth.example.com\nclient-${i}\nalice`);
const names = [...Object.keys(tools), "read_note", "list_notes"];

let best = Infinity;
for (let round = 0; round < 7; ++round) {
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; ++i) registry.admit(clients[i % 100], names[i % 13]);
  best = Math.min(best, Number(process.hrtime.bigint() - began) / calls);
}
console.log(JSON.stringify({ what: "friction check from Node", node: process.version, clients: 100, tools: 11, nanoseconds: Math.round(best) }));
