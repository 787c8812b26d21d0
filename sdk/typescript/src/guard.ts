// A protected resource: who may pass, the challenge for others, and its metadata (RFC 9728). Frameworks adapt it.

import { Sluice, type SluiceOptions, SluiceUnavailable } from "./client.js";
import { type Identity, isFor, missingScopes } from "./identity.js";

export interface GuardOptions extends SluiceOptions {
  /** A connection that is shared, in place of its options. */
  sluice?: Sluice;
  /** This server's identifier, which its tokens carry as audience (RFC 8707): its public URL. */
  resource?: string;
  /** What every request needs. */
  requiredScopes?: readonly string[];
  scopesSupported?: readonly string[];
  resourceName?: string;
  /** Paths that need no token, exact. */
  publicPaths?: readonly string[];
  /** False accepts tokens that were issued for others: for one server alone. The default where there is no `resource`. */
  checkAudience?: boolean;
  /** Of the Auth-Agent SDK: the server's name in challenges. */
  serverId?: string;
}

/** An answer in place of the handler's. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

export type Verdict = { identity: Identity } | { refusal: Refusal };

const wellKnown = "/.well-known/oauth-protected-resource";

/** Where a resource's metadata lies on its own host (RFC 9728 section 3.1). */
export function metadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return origin + wellKnown + pathname.replace(/\/+$/, "");
}

export function protectedResourceMetadata(
  resource: string,
  authorizationServers: readonly string[],
  scopes: readonly string[] = [],
  name?: string,
): Record<string, unknown> {
  return {
    resource,
    authorization_servers: authorizationServers,
    bearer_methods_supported: ["header"],
    ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
    ...(name === undefined ? {} : { resource_name: name }),
  };
}

/** The value of `WWW-Authenticate` (RFC 6750). */
export function challenge(parameters: Record<string, string | undefined>): string {
  const quoted = (value: string) => value.replace(/[^ -~]|\\/g, "").replaceAll('"', "'");
  const written = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== "");
  return ["Bearer", written.map(([name, value]) => `${name}="${quoted(value!)}"`).join(", ")].filter(Boolean).join(" ");
}

export class Guard {
  readonly sluice: Sluice;
  readonly resource: string | undefined;
  readonly requiredScopes: readonly string[];
  readonly metadata: Record<string, unknown> | undefined;
  readonly #publicPaths: ReadonlySet<string>;
  readonly #metadataPaths: ReadonlySet<string>;
  readonly #metadataUrl: string | undefined;
  readonly #checkAudience: boolean;
  readonly #realm: string | undefined;

  constructor(options: GuardOptions) {
    this.sluice = options.sluice ?? new Sluice(options);
    this.resource = options.resource;
    this.requiredScopes = options.requiredScopes ?? [];
    this.#publicPaths = new Set(options.publicPaths ?? ["/health"]);
    this.#realm = options.serverId;
    this.#checkAudience = options.checkAudience ?? options.resource !== undefined;
    if (this.#checkAudience && options.resource === undefined) throw new TypeError("resource: is needed to check audiences");
    if (options.resource === undefined) {
      this.#metadataPaths = new Set();
      if (options.serverId !== undefined) this.#metadataUrl = `${this.sluice.url}${wellKnown}/${options.serverId}`;
      return;
    }
    const scopes = options.scopesSupported ?? this.requiredScopes;
    this.metadata = protectedResourceMetadata(options.resource, [this.sluice.url], scopes, options.resourceName);
    this.#metadataUrl = metadataUrl(options.resource);
    this.#metadataPaths = new Set([wellKnown, new URL(this.#metadataUrl).pathname]);
  }

  isPublic(path: string): boolean {
    return this.#publicPaths.has(path);
  }

  isMetadata(path: string): boolean {
    return this.#metadataPaths.has(path);
  }

  /** Decides at once where the token was seen within `cacheTtl`. */
  check(authorization: string | null | undefined): Verdict | Promise<Verdict> {
    const token = bearerToken(authorization);
    if (token === undefined) return { refusal: this.#unauthorized() };
    const known = this.sluice.known(token);
    return known === undefined ? this.#verify(token) : this.#judge(known);
  }

  /** For more than `requiredScopes`; a refusal where one is missing. */
  require(identity: Identity, scopes: readonly string[]): Refusal | undefined {
    const missing = missingScopes(identity, scopes);
    if (missing.length === 0) return undefined;
    // Granted and needed: who asks for the needed ones alone would lose the others.
    const scope = [...[...identity.scopes].sort(), ...missing].join(" ");
    const text = challenge({ error: "insufficient_scope", scope, resource_metadata: this.#metadataUrl });
    return refusal(403, text, { error: "insufficient_scope", required_scopes: scopes });
  }

  async #verify(token: string): Promise<Verdict> {
    try {
      return this.#judge(await this.sluice.verify(token));
    } catch (error) {
      if (!(error instanceof SluiceUnavailable)) throw error;
      const headers = { "retry-after": String(Math.ceil(error.retryAfter ?? 5)), "cache-control": "no-store" };
      return { refusal: { status: 503, headers, body: { error: "temporarily_unavailable" } } };
    }
  }

  #judge(identity: Identity | undefined): Verdict {
    if (identity === undefined || (this.#checkAudience && !isFor(identity, this.resource!))) {
      return { refusal: this.#unauthorized("invalid_token", "The token is unknown, expired, revoked or meant for another server") };
    }
    const refused = this.require(identity, this.requiredScopes);
    return refused === undefined ? { identity } : { refusal: refused };
  }

  #unauthorized(error?: string, description?: string): Refusal {
    const text = challenge({
      realm: this.#realm,
      error,
      error_description: description,
      scope: this.requiredScopes.join(" "),
      resource_metadata: this.#metadataUrl,
    });
    return refusal(401, text, { error: error ?? "unauthorized" });
  }
}

function refusal(status: number, text: string, body: Record<string, unknown>): Refusal {
  return { status, headers: { "www-authenticate": text, "cache-control": "no-store" }, body };
}

/** Of an Authorization field; nothing where it is of another scheme, or two in one. */
export function bearerToken(field: string | null | undefined): string | undefined {
  const found = /^bearer +([^\s,]+) *$/i.exec(field ?? "");
  return found?.[1];
}

export function responseOf({ status, headers, body }: Refusal): Response {
  return Response.json(body, { status, headers });
}

/** A guard in front of a handler of Web-standard requests: Workers, Deno, Bun, and whatever else speaks `fetch`. */
export function withSluice<Rest extends unknown[]>(
  options: GuardOptions | Guard,
  handler: (request: Request, identity: Identity | undefined, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const guard = options instanceof Guard ? options : new Guard(options);
  return async (request, ...rest) => {
    const path = new URL(request.url).pathname;
    if (guard.isMetadata(path)) return metadataResponse(guard, request.method);
    if (guard.isPublic(path)) return handler(request, undefined, ...rest);
    const verdict = await guard.check(request.headers.get("authorization"));
    return "refusal" in verdict ? responseOf(verdict.refusal) : handler(request, verdict.identity, ...rest);
  };
}

export function metadataResponse(guard: Guard, method: string): Response {
  const headers = { "access-control-allow-origin": "*", "cache-control": "max-age=3600" };
  if (method === "OPTIONS") return new Response(null, { status: 204, headers });
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405, headers: { allow: "GET, HEAD, OPTIONS" } });
  return Response.json(guard.metadata, { headers });
}
