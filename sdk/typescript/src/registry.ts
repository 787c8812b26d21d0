// The controllers of all clients, bounded in number; friction of those that make room is kept for a while.

import { type Config, type FrictionConfig, validate } from "./config.js";
import { Controller, type FrictionDecision, type Saturation } from "./controller.js";

interface Penalty {
  lastCall: number;
  keptAt: number;
  rank: number;
  tools: [place: number, friction: number][];
}

const penaltiesMin = 1024;

/** Seconds of a monotonic clock. */
export function monotonicSeconds(): number {
  return performance.now() / 1000;
}

/**
 * A client is a text of what was verified (a token's issuer, client and subject), never a session or an address.
 * At `maxClients` the one seen longest ago makes room. Every call is synchronous and costs less than a microsecond.
 */
export class FrictionRegistry {
  readonly config: Config;
  readonly #clients = new Map<string, Controller>();
  readonly #penalties = new Map<string, Penalty>();
  #events: (Saturation & { client: string })[] = [];
  readonly #collected: Saturation[] = [];
  #newest = "";
  #newestController: Controller | undefined;

  /** Throws a RangeError with every problem of the configuration, one a line. */
  constructor(config: FrictionConfig) {
    this.config = validate(config);
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Decides on a call by the tool's mode, and counts it if it passes. */
  admit(client: string, tool: string, justified = false, now = monotonicSeconds()): FrictionDecision {
    const decision = this.#controller(client, now).admit(this.#place(tool), tool, now, justified, this.#collected);
    if (this.#collected.length > 0) this.#keepEvents(client);
    return decision;
  }

  /** The same without a mode: counted if allowed. */
  checkAndRecord(client: string, tool: string, now = monotonicSeconds()): FrictionDecision {
    const decision = this.#controller(client, now).checkAndRecord(this.#place(tool), tool, now, this.#collected);
    if (this.#collected.length > 0) this.#keepEvents(client);
    return decision;
  }

  /** Counts a call whatever is thought of it. */
  record(client: string, tool: string, now = monotonicSeconds()): void {
    this.#controller(client, now).record(this.#place(tool), tool, now, this.#collected);
    if (this.#collected.length > 0) this.#keepEvents(client);
  }

  /** What a call would meet; changes nothing. */
  check(client: string, tool: string, now = monotonicSeconds()): FrictionDecision {
    const known = this.#clients.get(client) ?? new Controller(this.config);
    return known.check(this.#place(tool), tool, now);
  }

  /** What a client has left; nothing for one that is not known (any more). */
  budget(client: string): number | undefined {
    return this.#clients.get(client)?.budget;
  }

  windowRate(client: string, tool: string): number | undefined {
    return this.#clients.get(client)?.windowRate(this.#place(tool), tool);
  }

  resetBudget(client: string): boolean {
    const known = this.#clients.get(client);
    if (known !== undefined) known.budget = this.config.defaultBudget;
    return known !== undefined;
  }

  /** Forgets a client and all it has accrued. */
  forget(client: string): boolean {
    if (this.#newest === client) this.#newestController = undefined;
    const known = this.#clients.delete(client);
    return this.#penalties.delete(client) || known;
  }

  /** Tools whose targets began to give way since this was asked last; the newest 1024. */
  takeSaturations(): (Saturation & { client: string })[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #place(tool: string): number {
    return this.config.places.get(tool) ?? -1;
  }

  #keepEvents(client: string): void {
    for (const event of this.#collected.splice(0)) this.#events.push({ client, ...event });
    if (this.#events.length > 1024) this.#events.splice(0, this.#events.length - 1024);
  }

  #controller(client: string, now: number): Controller {
    // A Map keeps the order of insertion: a use puts a client last. Who was last already stays there.
    if (this.#newest === client && this.#newestController !== undefined) return this.#newestController;
    let controller = this.#clients.get(client);
    if (controller !== undefined) this.#clients.delete(client);
    else controller = this.#add(client, now);
    this.#clients.set(client, controller);
    this.#newest = client;
    this.#newestController = controller;
    return controller;
  }

  #add(client: string, now: number): Controller {
    if (this.#clients.size >= this.config.maxClients) {
      const [oldest, evicted] = this.#clients.entries().next().value!;
      this.#keepPenalty(oldest, evicted, now);
      this.#clients.delete(oldest);
    }
    const controller = new Controller(this.config);
    const penalty = this.#penalties.get(client);
    if (penalty === undefined) return controller;
    this.#penalties.delete(client);
    if (now - penalty.keptAt > this.config.penaltyTtl) return controller;
    for (const [place, friction] of penalty.tools) controller.friction[place] = friction;
    if (this.config.recoverWhileIdle) controller.lastCall = penalty.lastCall;
    return controller;
  }

  #keepPenalty(client: string, controller: Controller, now: number): void {
    const { penaltyTtl, penaltyMinFriction, recoverWhileIdle, timeDecayRate, maxClients } = this.config;
    if (penaltyTtl <= 0) return;
    const tools: Penalty["tools"] = [];
    let most = 0;
    controller.friction.forEach((friction, place) => {
      if (friction <= 0 || friction < penaltyMinFriction) return;
      tools.push([place, friction]);
      most = Math.max(most, friction);
    });
    if (tools.length === 0) return;
    for (const [other, { keptAt }] of this.#penalties) {
      if (now - keptAt <= penaltyTtl) break;
      this.#penalties.delete(other);
    }
    this.#penalties.delete(client);
    const lastCall = Number.isNaN(controller.lastCall) ? now : controller.lastCall;
    const rank = Math.log(most) + (recoverWhileIdle ? timeDecayRate : 0) * lastCall;
    if (this.#penalties.size >= Math.max(maxClients, penaltiesMin) && !this.#makeRoom(rank)) return;
    this.#penalties.set(client, { lastCall, keptAt: now, rank, tools });
  }

  /** The penalty of which the least is left goes, unless that is the new one. */
  #makeRoom(rank: number): boolean {
    let least: string | undefined;
    let leastRank = rank;
    for (const [client, penalty] of this.#penalties) {
      if (penalty.rank >= leastRank) continue;
      least = client;
      leastRank = penalty.rank;
    }
    if (least === undefined) return false;
    this.#penalties.delete(least);
    return true;
  }
}
