// Express: middleware, without importing Express.

import { Guard, type GuardOptions, type Refusal } from "./guard.js";
import type { Identity } from "./identity.js";

/** What the middleware needs of Express's objects. */
export interface ExpressRequest {
  path: string;
  method: string;
  headers: { authorization?: string | undefined };
  sluice?: Identity;
}

export interface ExpressResponse {
  status(code: number): ExpressResponse;
  set(fields: Record<string, string>): ExpressResponse;
  json(body: unknown): unknown;
  end(): unknown;
}

type Next = (error?: unknown) => void;
type Middleware = (request: ExpressRequest, response: ExpressResponse, next: Next) => void;

/** `app.use(sluice({ url, apiKey, resource, requiredScopes }))`; then `request.sluice` is who calls. */
export function sluice(options: GuardOptions | Guard): Middleware {
  const guard = options instanceof Guard ? options : new Guard(options);
  return (request, response, next) => {
    if (guard.isMetadata(request.path)) return sendMetadata(guard, request, response);
    if (guard.isPublic(request.path)) return next();
    Promise.resolve(guard.check(request.headers.authorization)).then((verdict) => {
      if ("refusal" in verdict) return send(response, verdict.refusal);
      request.sluice = verdict.identity;
      next();
    }, next);
  };
}

/** For one route, behind `sluice()`: `app.delete("/notes/:id", requires(guard, "notes:write"), ...)`. */
export function requires(guard: Guard, ...scopes: string[]): Middleware {
  return (request, response, next) => {
    const check = request.sluice === undefined ? guard.check(request.headers.authorization) : { identity: request.sluice };
    Promise.resolve(check).then((verdict) => {
      const refused = "refusal" in verdict ? verdict.refusal : guard.require(verdict.identity, scopes);
      if (refused !== undefined) return send(response, refused);
      next();
    }, next);
  };
}

function send(response: ExpressResponse, { status, headers, body }: Refusal): void {
  response.status(status).set(headers).json(body);
}

function sendMetadata(guard: Guard, request: ExpressRequest, response: ExpressResponse): void {
  const headers = { "access-control-allow-origin": "*", "cache-control": "max-age=3600" };
  if (request.method === "OPTIONS") response.status(204).set(headers).end();
  else if (request.method === "GET" || request.method === "HEAD") response.status(200).set(headers).json(guard.metadata);
  else response.status(405).set({ allow: "GET, HEAD, OPTIONS" }).end();
}
