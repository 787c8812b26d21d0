// Feedback loop of one client: the controller of docs/FRICTION.md, number for number as the C++ one.

import type { Config, Tool } from "./config.js";

export type Level = "NONE" | "LOW" | "MEDIUM" | "HIGH" | "BLOCKED";
export type Reason = "not_configured" | "insufficient_budget" | "blocked" | "justification_required" | "allowed";

/** What friction thinks of one call, and what the tool's mode makes of it. */
export interface FrictionDecision {
  /** By its friction and budget, whatever the mode. */
  allowed: boolean;
  /** Run the tool, after `delaySeconds`. */
  forward: boolean;
  /** The same call passes with a justification. */
  asksReason: boolean;
  justificationRequired: boolean;
  /** The tool's target has been raised. */
  saturationDetected: boolean;
  /** False: `retryAfterSeconds` is a polite pause without promise. */
  waitingHelps: boolean;
  level: Level;
  reason: Reason;
  /** 0 to 1. */
  friction: number;
  /** What the call costs of the budget. */
  cost: number;
  /** Smoothed fraction of the client's calls. */
  currentRate: number;
  targetRate: number;
  effectiveTarget: number;
  /** What the client had left before the call. */
  budget: number;
  hardBlockThreshold: number;
  delaySeconds: number;
  /** Of a refused call: it passes after so long without calls. */
  retryAfterSeconds: number;
}

export interface Saturation {
  tool: string;
  effectiveTarget: number;
  targetRate: number;
}

const retryAfterFallback = 60;
const retryAfterMax = 31_536_000;

export class Controller {
  readonly friction: Float64Array;
  budget: number;
  lastCall = NaN;
  readonly #config: Config;
  readonly #rates: Float64Array;
  readonly #targets: Float64Array;
  readonly #groupRates: Float64Array;
  readonly #counts: Uint32Array;
  readonly #ring: Int32Array;
  readonly #unlisted: (string | undefined)[] = [];
  readonly #streaks: Uint32Array;
  readonly #relieved: Uint8Array;
  #next = 0;
  #size = 0;
  #warmedUp = 0;

  constructor(config: Config) {
    const tools = config.tools.length;
    this.#config = config;
    this.friction = new Float64Array(tools);
    this.#rates = new Float64Array(tools);
    this.#targets = Float64Array.from(config.tools, (tool) => tool.targetRate);
    this.#groupRates = new Float64Array(config.groups.length);
    this.#counts = new Uint32Array(tools);
    this.#ring = new Int32Array(config.windowSize);
    this.#streaks = new Uint32Array(tools);
    this.#relieved = new Uint8Array(tools);
    this.budget = config.defaultBudget;
  }

  /** What a call would meet; changes nothing. */
  check(place: number, name: string, now: number): FrictionDecision {
    return this.#judge(place, name, this.#config.recoverWhileIdle ? this.#decay(now) : 1);
  }

  record(place: number, name: string, now: number, events?: Saturation[]): void {
    this.#advance(place, name, now, this.#decay(now), events);
  }

  checkAndRecord(place: number, name: string, now: number, events?: Saturation[]): FrictionDecision {
    const decay = this.#decay(now);
    const decision = this.#judge(place, name, this.#config.recoverWhileIdle ? decay : 1);
    if (decision.allowed) this.#advance(place, name, now, decay, events);
    return decision;
  }

  /** As the tool's mode has it. */
  admit(place: number, name: string, now: number, justified: boolean, events?: Saturation[]): FrictionDecision {
    const decay = this.#decay(now);
    const decision = this.#judge(place, name, this.#config.recoverWhileIdle ? decay : 1);
    const tool = this.#config.tools[place];
    decision.forward = true;
    if (tool !== undefined) act(tool, justified, decision);
    if (decision.forward) this.#advance(place, name, now, decay, events);
    return decision;
  }

  /** The unsmoothed fraction of the window's calls. */
  windowRate(place: number, name: string): number {
    if (this.#size === 0) return 0;
    if (place >= 0) return this.#counts[place]! / this.#size;
    let calls = 0;
    for (let i = 0; i < this.#size; ++i) if (this.#ring[i] === -1 && this.#unlisted[i] === name) ++calls;
    return calls / this.#size;
  }

  #decay(now: number): number {
    const seconds = now - this.lastCall;
    const rate = this.#config.timeDecayRate;
    return seconds > 0 && rate > 0 ? Math.exp(-rate * seconds) : 1;
  }

  #judge(place: number, name: string, decay: number): FrictionDecision {
    const tool = this.#config.tools[place];
    if (tool === undefined) return notConfigured(this.windowRate(-1, name), this.budget);
    const friction = this.friction[place]! * decay;
    const cost = costOf(friction, tool);
    const level = levelOf(friction, tool);
    const justificationRequired = friction >= tool.justificationThreshold;
    const reason: Reason =
      cost > this.budget ? "insufficient_budget"
      : level === "BLOCKED" ? "blocked"
      : justificationRequired ? "justification_required"
      : "allowed";
    const allowed = reason === "justification_required" || reason === "allowed";
    const decision: FrictionDecision = {
      allowed,
      forward: allowed,
      asksReason: false,
      justificationRequired,
      saturationDetected: this.#relieved[place] === 1,
      waitingHelps: true,
      level,
      reason,
      friction,
      cost,
      currentRate: this.#rates[place]! * decay,
      targetRate: tool.targetRate,
      effectiveTarget: this.#targets[place]!,
      budget: this.budget,
      hardBlockThreshold: tool.hardBlockThreshold,
      delaySeconds: 0,
      retryAfterSeconds: 0,
    };
    if (!allowed) setRetryAfter(decision, tool, this.#config);
    return decision;
  }

  #advance(place: number, name: string, now: number, decay: number, events?: Saturation[]): void {
    const config = this.#config;
    const tool = config.tools[place];
    this.lastCall = now;
    if (tool !== undefined) this.budget -= costOf(this.friction[place]! * decay, tool);
    this.#push(tool === undefined ? -1 : place, name);
    const adjusts = this.#warmedUp >= config.warmupCalls || ++this.#warmedUp >= config.warmupCalls;
    this.#step(decay, adjusts);
    if (!adjusts) return;
    if (config.saturationWindow > 0) this.#relieve(events);
    if (config.groups.length > 0) this.#press();
  }

  #push(place: number, name: string): void {
    const at = this.#next;
    if (this.#size === this.#ring.length) {
      const oldest = this.#ring[at]!;
      if (oldest >= 0) this.#counts[oldest]! -= 1;
    } else {
      ++this.#size;
    }
    this.#ring[at] = place;
    // Only names without friction are remembered: for the rate that is told of them.
    if (place < 0) this.#unlisted[at] = name;
    else ++this.#counts[place]!;
    this.#next = at + 1 === this.#ring.length ? 0 : at + 1;
  }

  #step(decay: number, adjusts: boolean): void {
    const { emaAlpha: alpha, adjustmentRate: gain, asymmetricDecay: asymmetry, deadZone } = this.#config;
    const kept = 1 - alpha;
    const { friction } = this;
    const rates = this.#rates;
    const counts = this.#counts;
    const targets = this.#targets;
    const size = this.#size;
    for (let i = 0; i < rates.length; ++i) {
      const rate = alpha * (counts[i]! / size) + kept * (rates[i]! * decay);
      rates[i] = rate;
      const decayed = friction[i]! * decay;
      if (!adjusts) {
        friction[i] = decayed;
        continue;
      }
      const excess = rate - targets[i]!;
      const counted = Math.abs(excess) < deadZone ? 0 : excess;
      const weighted = counted > 0 ? counted : counted * asymmetry;
      friction[i] = Math.min(Math.max(decayed + gain * weighted, 0), 1);
    }
  }

  #relieve(events?: Saturation[]): void {
    const { saturationThreshold, saturationWindow, saturationReliefRate, tools } = this.#config;
    for (let i = 0; i < tools.length; ++i) {
      if (this.friction[i]! < saturationThreshold) {
        this.#streaks[i] = 0;
        continue;
      }
      const streak = Math.min(this.#streaks[i]! + 1, saturationWindow);
      this.#streaks[i] = streak;
      if (streak < saturationWindow) continue;
      this.#targets[i] = Math.min(1, this.#targets[i]! + saturationReliefRate);
      const tool = tools[i]!;
      if (this.#relieved[i] === 0) {
        events?.push({ tool: tool.name, effectiveTarget: this.#targets[i]!, targetRate: tool.targetRate });
      }
      this.#relieved[i] = 1;
    }
  }

  #press(): void {
    const { groups, emaAlpha: alpha, deadZone, adjustmentRate } = this.#config;
    for (let g = 0; g < groups.length; ++g) {
      const group = groups[g]!;
      let together = 0;
      for (const member of group.members) together += this.#rates[member]!;
      this.#groupRates[g] = alpha * together + (1 - alpha) * this.#groupRates[g]!;
      const excess = this.#groupRates[g]! - group.aggregateTarget;
      if (excess <= deadZone || together <= 0) continue;
      const pressure = adjustmentRate * excess * group.pressureWeight;
      for (const member of group.members) {
        const share = this.#rates[member]! / together;
        this.friction[member] = Math.min(1, this.friction[member]! + pressure * share);
      }
    }
  }
}

function costOf(friction: number, tool: Tool): number {
  return tool.minCost + friction * (tool.maxCost - tool.minCost);
}

function levelOf(friction: number, tool: Tool): Level {
  if (friction === 0) return "NONE";
  if (friction >= tool.hardBlockThreshold) return "BLOCKED";
  if (friction >= tool.justificationThreshold) return "HIGH";
  return friction < 0.3 ? "LOW" : "MEDIUM";
}

function act(tool: Tool, justified: boolean, decision: FrictionDecision): void {
  if (tool.mode === "observe") return;
  const refused = (tool.mode === "block" || tool.mode === "ladder") && !decision.allowed;
  decision.asksReason = !refused && tool.requireJustification && decision.justificationRequired && !justified;
  decision.forward = !refused && !decision.asksReason;
  if ((tool.mode === "delay" || tool.mode === "ladder") && decision.forward) {
    decision.delaySeconds = decision.friction * tool.maxDelay;
  }
}

function notConfigured(currentRate: number, budget: number): FrictionDecision {
  return {
    allowed: true,
    forward: true,
    asksReason: false,
    justificationRequired: false,
    saturationDetected: false,
    waitingHelps: true,
    level: "NONE",
    reason: "not_configured",
    friction: 0,
    cost: 0,
    currentRate,
    targetRate: 0,
    effectiveTarget: 0,
    budget,
    hardBlockThreshold: 0,
    delaySeconds: 0,
    retryAfterSeconds: 0,
  };
}

/** The largest friction at which a call costs no more than `budget`; negative: none. */
function frictionWithin(budget: number, tool: Tool): number {
  if (tool.maxCost <= budget) return 1;
  if (tool.minCost > budget) return -1;
  return (budget - tool.minCost) / (tool.maxCost - tool.minCost);
}

function setRetryAfter(decision: FrictionDecision, tool: Tool, config: Config): void {
  // A hair below the goal, so that rounding on the way there cannot leave the call refused.
  const goal = (1 - 1e-12) * Math.min(tool.hardBlockThreshold, frictionWithin(decision.budget, tool));
  const rate = config.recoverWhileIdle ? config.timeDecayRate : 0;
  decision.retryAfterSeconds = retryAfterFallback;
  decision.waitingHelps = goal > 0 && rate > 0;
  if (!decision.waitingHelps) return;
  const wait = Math.ceil(Math.log(Math.max(decision.friction / goal, 1)) / rate);
  decision.waitingHelps = wait <= retryAfterMax;
  decision.retryAfterSeconds = Math.min(Math.max(wait, 1), retryAfterMax);
}

/** One plain line: "Blocked: friction 0.97 >= threshold 0.95". */
export function messageOf(decision: FrictionDecision): string {
  const { friction, cost, budget, hardBlockThreshold: threshold } = decision;
  switch (decision.reason) {
    case "not_configured":
      return "No friction configured";
    case "insufficient_budget":
      return `Insufficient budget: ${rounded(budget, 1)} < ${rounded(cost, 1)}`;
    case "blocked":
      return `Blocked: friction ${rounded(friction, 2)} >= threshold ${Number.isInteger(threshold) ? threshold.toFixed(1) : threshold}`;
    case "justification_required":
      return `Justification required: friction ${rounded(friction, 2)}, cost ${rounded(cost, 1)}`;
    case "allowed":
      return `Allowed: friction ${rounded(friction, 2)}, cost ${rounded(cost, 1)}`;
  }
}

/** Half to even on the exact binary value, as C prints it; toFixed() takes the larger of two that are as near. */
function rounded(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const step = 10 ** -digits;
  const isTie = value.toFixed(digits + 20 > 100 ? 100 : digits + 20).slice(text.length) === "5" + "0".repeat(19);
  if (!isTie || Number(text.at(-1)) % 2 === 0) return text;
  return (Number(text) - Math.sign(value) * step).toFixed(digits);
}
