// Tokens seen before: bounded, never beyond a token's expiry, positive answers alone.

import type { Identity } from "./identity.js";

/**
 * For `ttl` seconds an answer is used again: the longest time that a revoked token still passes. 0: never.
 * The token used longest ago makes room.
 */
export class TokenCache {
  readonly #entries = new Map<string, { identity: Identity; until: number }>();

  constructor(
    readonly ttl: number,
    readonly maxSize: number,
  ) {
    if (!(ttl >= 0) || !(maxSize >= 1)) throw new RangeError("cacheTtl has to be 0 or more, cacheSize 1 or more");
  }

  get size(): number {
    return this.#entries.size;
  }

  get(token: string): Identity | undefined {
    const entry = this.#entries.get(token);
    if (entry === undefined) return undefined;
    this.#entries.delete(token);
    if (performance.now() >= entry.until) return undefined;
    this.#entries.set(token, entry);
    return entry.identity;
  }

  put(identity: Identity): void {
    const left = identity.expiresAt === undefined ? Infinity : identity.expiresAt - Date.now() / 1000;
    const lifetime = Math.min(this.ttl, left);
    if (lifetime <= 0) return;
    this.#entries.delete(identity.token);
    this.#entries.set(identity.token, { identity, until: performance.now() + lifetime * 1000 });
    if (this.#entries.size > this.maxSize) this.#entries.delete(this.#entries.keys().next().value!);
  }

  /** At once: after a revocation that this process knows of. */
  forget(token: string): void {
    this.#entries.delete(token);
  }

  clear(): void {
    this.#entries.clear();
  }
}
