// Friction configuration: the keys of docs/FRICTION.md, as they stand there or in camel case.

export type Mode = "block" | "delay" | "ladder" | "observe";

export interface ToolFriction {
  targetRate: number;
  minCost?: number;
  maxCost?: number;
  justificationThreshold?: number;
  hardBlockThreshold?: number;
  mode?: Mode;
  /** Seconds. */
  maxDelay?: number;
  requireJustification?: boolean;
}

export interface GroupFriction {
  tools: string[];
  aggregateTarget: number;
  pressureWeight?: number;
}

export interface FrictionConfig {
  tools: Record<string, ToolFriction>;
  groups?: Record<string, GroupFriction>;
  mode?: Mode;
  /** Seconds. */
  maxDelay?: number;
  requireJustification?: boolean;
  windowSize?: number;
  emaAlpha?: number;
  adjustmentRate?: number;
  asymmetricDecay?: number;
  deadZone?: number;
  warmupCalls?: number;
  /** Per second. */
  timeDecayRate?: number;
  defaultBudget?: number;
  saturationThreshold?: number;
  saturationWindow?: number;
  saturationReliefRate?: number;
  maxClients?: number;
  /** Seconds. */
  penaltyTtl?: number;
  penaltyMinFriction?: number;
  /** False: a call is judged by the state of the last recorded one. */
  recoverWhileIdle?: boolean;
}

export interface Tool extends Required<ToolFriction> {
  name: string;
}

export interface Group {
  members: number[];
  aggregateTarget: number;
  pressureWeight: number;
}

/** With every default; exists only valid. */
export interface Config extends Required<Omit<FrictionConfig, "tools" | "groups">> {
  tools: Tool[];
  groups: Group[];
  places: Map<string, number>;
}

const defaults = {
  mode: "block" as Mode,
  maxDelay: 2,
  requireJustification: false,
  windowSize: 100,
  emaAlpha: 0.15,
  adjustmentRate: 0.08,
  asymmetricDecay: 2,
  deadZone: 0.01,
  warmupCalls: 20,
  timeDecayRate: 0.001,
  defaultBudget: Infinity,
  saturationThreshold: 0.9,
  saturationWindow: 0,
  saturationReliefRate: 0.005,
  maxClients: 100_000,
  penaltyTtl: 3600,
  penaltyMinFriction: 0.1,
  recoverWhileIdle: true,
};

const toolDefaults = { minCost: 0.5, maxCost: 10, justificationThreshold: 0.6, hardBlockThreshold: 0.95 };

type Range = [least: number, most: number, kind?: "whole" | "above"];
const ranges: Record<string, Range> = {
  maxDelay: [0, 3600],
  windowSize: [1, 0xffff, "whole"],
  emaAlpha: [0, 1, "above"],
  adjustmentRate: [0, 1000, "above"],
  asymmetricDecay: [0, 1000, "above"],
  deadZone: [0, 1],
  warmupCalls: [0, 1e9, "whole"],
  timeDecayRate: [0, 1000],
  defaultBudget: [0, Infinity],
  saturationThreshold: [0, 1, "above"],
  saturationWindow: [0, 0x7fff, "whole"],
  saturationReliefRate: [0, 1],
  maxClients: [1, 2 ** 28, "whole"],
  penaltyTtl: [0, 1e9],
  penaltyMinFriction: [0, 1],
};
const toolRanges: Record<string, Range> = {
  targetRate: [0, 1],
  minCost: [0, 1e12],
  maxCost: [0, 1e12],
  justificationThreshold: [0, 1, "above"],
  hardBlockThreshold: [0, 1, "above"],
  maxDelay: [0, 3600],
};
const groupRanges: Record<string, Range> = { aggregateTarget: [0, 1], pressureWeight: [0, 1000] };

const modes = ["block", "delay", "ladder", "observe"];

/** Throws a RangeError with every problem, one a line. */
export function validate(raw: FrictionConfig): Config {
  const problems: string[] = [];
  const { tools: rawTools = {}, groups: rawGroups = {}, ...given } = raw;
  const whole = { ...defaults, ...given };
  check(problems, "", whole, ranges, Object.keys(defaults));
  const tools = Object.entries(rawTools).map(([name, tool]) => {
    const inherited = { mode: whole.mode, maxDelay: whole.maxDelay, requireJustification: whole.requireJustification };
    const entry = { ...toolDefaults, ...inherited, ...tool, name };
    check(problems, `tools.${name}.`, entry, toolRanges, ["name", "targetRate", ...Object.keys({ ...toolDefaults, ...inherited })]);
    if (entry.maxCost < entry.minCost) problems.push(`tools.${name}.maxCost: ${entry.maxCost} is below minCost, ${entry.minCost}`);
    return entry;
  });
  const places = new Map(tools.map((tool, place) => [tool.name, place]));
  const groups = Object.entries(rawGroups).map(([name, group]) => {
    const entry = { pressureWeight: 1, ...group };
    check(problems, `groups.${name}.`, entry, groupRanges, ["tools", "aggregateTarget", "pressureWeight"]);
    if (entry.tools.length === 0) problems.push(`groups.${name}.tools: names no tool`);
    const members = entry.tools.flatMap((tool) => places.get(tool) ?? []);
    return { members, aggregateTarget: entry.aggregateTarget, pressureWeight: entry.pressureWeight };
  });
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return { ...whole, tools, groups, places };
}

function check(problems: string[], prefix: string, entry: object, wanted: Record<string, Range>, known: string[]): void {
  for (const [key, value] of Object.entries(entry)) {
    if (!known.includes(key)) problems.push(`${prefix}${key}: is not a known key`);
    if (key === "mode" && !modes.includes(value as string)) problems.push(`${prefix}mode: is not one of ${modes.join(", ")}`);
  }
  for (const [key, [least, most, kind]] of Object.entries(wanted)) {
    const value = (entry as Record<string, unknown>)[key];
    const fits =
      typeof value === "number" && value >= least && value <= most &&
      !(kind === "above" && value === least) && !(kind === "whole" && !Number.isInteger(value));
    if (!fits) problems.push(`${prefix}${key}: ${String(value)} is not ${kind === "above" ? "above" : "between"} ${least} and ${kind === "above" ? "at most " : ""}${most}`);
  }
}
