// Sluice over HTTP: introspection (RFC 7662) and decisions (docs/DECISIONS.md).

import { TokenCache } from "./cache.js";
import { type Identity, identityOf, scopesOf } from "./identity.js";

/** Sluice gave no answer that could be used. Says nothing about the token: answer 503, not 401. */
export class SluiceUnavailable extends Error {
  override name = "SluiceUnavailable";
  constructor(
    message: string,
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Who asks Sluice did not prove it, or may not ask: a mistake of this server's configuration. */
export class NotAllowed extends Error {
  override name = "NotAllowed";
}

export interface SluiceOptions {
  /** Sluice's public URL, `https://auth.example.com`. */
  url?: string;
  /** The name of `url` in the Auth-Agent SDK. */
  authServerUrl?: string;
  /** A client of Sluice with `introspect = true`, and its secret; or `apiKey`. */
  clientId?: string;
  clientSecret?: string;
  /** A key of `[[auth.api_key]]`. */
  apiKey?: string;
  /** Seconds for which a good token is believed without asking: how long a revoked one still passes. 5; 0: each request asks. */
  cacheTtl?: number;
  cacheSize?: number;
  /** Milliseconds for connecting, asking and the whole answer. 5000. */
  timeoutMs?: number;
  /** Where it is not `url`/introspect. */
  introspectionEndpoint?: string;
  fetch?: typeof globalThis.fetch;
}

export interface Question {
  tool: string;
  token?: string | undefined;
  clientId?: string | undefined;
  subject?: string | undefined;
  scope?: string | undefined;
  resource?: string | undefined;
  justification?: string | undefined;
}

export interface Decision {
  allowed: boolean;
  /** The HTTP status for an answer of your own. */
  status: number;
  reason: string;
  message: string;
  challenge: string;
  clientId: string;
  subject: string;
  scopes: ReadonlySet<string>;
  delaySeconds: number;
  retryAfterSeconds: number;
  friction: Readonly<Record<string, unknown>>;
}

interface Request {
  method: string;
  url: string;
  body?: string;
  type?: string;
  /** May be repeated once where the connection broke: asking again changes nothing. */
  harmless?: boolean;
  mayBeMissing?: boolean;
}

/** A connection to Sluice. One for a process. */
export class Sluice {
  readonly url: string;
  readonly introspectionEndpoint: string;
  readonly cache: TokenCache;
  readonly #authorization: string | undefined;
  readonly #timeoutMs: number;
  readonly #fetch: typeof globalThis.fetch;
  readonly #asking = new Map<string, Promise<Identity | undefined>>();

  constructor(options: SluiceOptions) {
    const url = options.url ?? options.authServerUrl ?? "";
    if (!/^https?:\/\//.test(url)) throw new TypeError("url: begins with https:// or http://");
    if ((options.clientId === undefined) !== (options.clientSecret === undefined)) {
      throw new TypeError("clientId and clientSecret: both, or neither");
    }
    if (options.apiKey !== undefined && options.clientSecret !== undefined) {
      throw new TypeError("apiKey and clientSecret: one of them");
    }
    this.url = url.replace(/\/+$/, "");
    this.introspectionEndpoint = options.introspectionEndpoint ?? `${this.url}/introspect`;
    this.cache = new TokenCache(options.cacheTtl ?? 5, options.cacheSize ?? 4096);
    this.#authorization = authorizationOf(options);
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#fetch = options.fetch ?? ((...call) => globalThis.fetch(...call));
  }

  /** A good token that was seen within `cacheTtl`; without waiting. */
  known(token: string): Identity | undefined {
    return this.cache.get(token);
  }

  /** Who the token speaks for; nothing if it is not (or no longer) good. Throws SluiceUnavailable, NotAllowed. */
  async verify(token: string): Promise<Identity | undefined> {
    const known = this.cache.get(token);
    if (known !== undefined) return known;
    // Many requests with one new token are one question.
    let asked = this.#asking.get(token);
    if (asked === undefined) {
      asked = this.#introspect(token).finally(() => this.#asking.delete(token));
      this.#asking.set(token, asked);
    }
    return asked;
  }

  async #introspect(token: string): Promise<Identity | undefined> {
    const body = new URLSearchParams({ token, token_type_hint: "access_token" }).toString();
    const type = "application/x-www-form-urlencoded";
    const answer = await this.#json({ method: "POST", url: this.introspectionEndpoint, body, type, harmless: true });
    const identity = identityOf(token, answer ?? {});
    const expired = identity?.expiresAt !== undefined && identity.expiresAt * 1000 <= Date.now();
    if (identity === undefined || expired) return undefined;
    this.cache.put(identity);
    return identity;
  }

  /** Decides on a call, and counts it if it passes. Is never sent twice: it counts. */
  async decide(question: Question): Promise<Decision> {
    const decision = decisionOf(await this.#ask("/v1/decision", question));
    if (question.token !== undefined && decision.reason === "invalid_token") this.cache.forget(question.token);
    return decision;
  }

  /** Counts a call that was made in any case. */
  async record(question: Question): Promise<Decision> {
    return decisionOf(await this.#ask("/v1/friction/record", question));
  }

  /** How a client stands; nothing where no call of it is remembered. */
  async frictionOf(clientId: string, subject?: string): Promise<Record<string, unknown> | undefined> {
    return this.#json({ method: "GET", url: this.#clientUrl(clientId, subject), harmless: true, mayBeMissing: true });
  }

  /** Forgets a client's friction; whether there was any. */
  async forgive(clientId: string, subject?: string): Promise<boolean> {
    const url = this.#clientUrl(clientId, subject);
    return (await this.#json({ method: "DELETE", url, harmless: true, mayBeMissing: true })) !== undefined;
  }

  #clientUrl(clientId: string, subject?: string): string {
    const query = subject === undefined ? "" : `?subject=${encodeURIComponent(subject)}`;
    return `${this.url}/v1/friction/clients/${encodeURIComponent(clientId)}${query}`;
  }

  async #ask(path: string, question: Question): Promise<Record<string, unknown>> {
    const { clientId, ...rest } = question;
    const body = JSON.stringify(clientId === undefined ? rest : { ...rest, client_id: clientId });
    return (await this.#json({ method: "POST", url: this.url + path, body, type: "application/json" })) ?? {};
  }

  async #json(request: Request): Promise<Record<string, unknown> | undefined> {
    const response = await this.#send(request);
    if (response.status === 404 && request.mayBeMissing === true) return undefined;
    const text = await response.text();
    if ([400, 401, 403, 404].includes(response.status)) {
      throw new NotAllowed(`${request.url} refuses to answer (${response.status}): ${text.slice(0, 200)}`);
    }
    const after = Number(response.headers.get("retry-after") ?? NaN);
    if (response.status !== 200) {
      throw new SluiceUnavailable(`${request.url} answered ${response.status}`, Number.isNaN(after) ? undefined : after);
    }
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new SluiceUnavailable(`${request.url} answered no JSON`, undefined, { cause });
    }
    if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
      throw new SluiceUnavailable(`${request.url} answered no JSON object`);
    }
    return answer as Record<string, unknown>;
  }

  async #send(request: Request): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#authorization !== undefined) headers["authorization"] = this.#authorization;
    if (request.type !== undefined) headers["content-type"] = request.type;
    const send = () =>
      this.#fetch(request.url, {
        method: request.method,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(this.#timeoutMs),
        ...(request.body === undefined ? {} : { body: request.body }),
      });
    try {
      try {
        return await send();
      } catch (error) {
        const timedOut = error instanceof DOMException && error.name === "TimeoutError";
        if (request.harmless !== true || timedOut) throw error;
        return await send();
      }
    } catch (cause) {
      throw new SluiceUnavailable(`${request.url} gives no answer: ${String(cause)}`, undefined, { cause });
    }
  }
}

function authorizationOf({ apiKey, clientId, clientSecret }: SluiceOptions): string | undefined {
  if (apiKey !== undefined) return `Bearer ${apiKey}`;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  // RFC 6749 section 2.3.1: each is form-encoded first.
  const encoded = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return `Basic ${btoa(`${encoded(clientId)}:${encoded(clientSecret)}`)}`;
}

function decisionOf(answer: Record<string, unknown>): Decision {
  const text = (name: string) => (typeof answer[name] === "string" ? (answer[name] as string) : "");
  const number = (name: string) => (typeof answer[name] === "number" ? (answer[name] as number) : 0);
  const friction = answer["friction"];
  return {
    // Of a call that was recorded it is not asked whether it may be made.
    allowed: (answer["allowed"] ?? answer["recorded"]) === true,
    status: number("status") || 500,
    reason: text("reason"),
    message: text("message"),
    challenge: text("challenge"),
    clientId: text("client_id"),
    subject: text("subject"),
    scopes: scopesOf(answer["scope"]),
    delaySeconds: number("delay_ms") / 1000,
    retryAfterSeconds: number("retry_after_seconds"),
    friction: typeof friction === "object" && friction !== null ? (friction as Record<string, unknown>) : {},
  };
}
