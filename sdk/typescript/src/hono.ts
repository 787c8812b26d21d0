// Hono: middleware, without importing Hono.

import { Guard, type GuardOptions, metadataResponse, responseOf } from "./guard.js";
import type { Identity } from "./identity.js";

/** What the middleware needs of Hono's Context. */
export interface HonoContext {
  req: { path: string; method: string; header(name: string): string | undefined };
  set(key: "sluice" | "user", value: unknown): void;
  get(key: "sluice"): unknown;
}

type Next = () => Promise<void>;

/** For `new Hono<{ Variables: SluiceVariables }>()`. */
export interface SluiceVariables {
  sluice: Identity;
  /** As the Auth-Agent SDK names it. */
  user: { email: string; clientId: string; scopes: string[]; resource: string | undefined };
}

/** `app.use("*", sluice({ url, apiKey, resource, requiredScopes }))`; then `c.get("sluice")` is who calls. */
export function sluice(options: GuardOptions | Guard): (context: HonoContext, next: Next) => Promise<Response | void> {
  const guard = options instanceof Guard ? options : new Guard(options);
  return async (context, next) => {
    const { path, method } = context.req;
    if (guard.isMetadata(path)) return metadataResponse(guard, method);
    if (guard.isPublic(path)) return next();
    const checked = guard.check(context.req.header("authorization"));
    const verdict = checked instanceof Promise ? await checked : checked;
    if ("refusal" in verdict) return responseOf(verdict.refusal);
    const { identity } = verdict;
    context.set("sluice", identity);
    context.set("user", {
      email: identity.subject,
      clientId: identity.clientId,
      scopes: [...identity.scopes],
      resource: identity.audience[0],
    });
    return next();
  };
}

/** For one route, behind `sluice()`: `app.delete("/notes/:id", requires(guard, "notes:write"), ...)`. */
export function requires(guard: Guard, ...scopes: string[]): (context: HonoContext, next: Next) => Promise<Response | void> {
  return async (context, next) => {
    const identity = context.get("sluice") as Identity | undefined;
    const verdict = identity === undefined ? await guard.check(context.req.header("authorization")) : { identity };
    const refused = "refusal" in verdict ? verdict.refusal : guard.require(verdict.identity, scopes);
    return refused === undefined ? next() : responseOf(refused);
  };
}

/** The name of the Auth-Agent SDK, with its options: `authServerUrl`, `serverId`, `apiKey`, `requiredScopes`, `cacheTtl`. */
export const authAgentMiddleware = sluice;
