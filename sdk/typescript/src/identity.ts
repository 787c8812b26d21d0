// Who calls: a verified access token.

export interface Identity {
  token: string;
  clientId: string;
  subject: string;
  scopes: ReadonlySet<string>;
  audience: readonly string[];
  issuer: string;
  /** Seconds since 1970. */
  expiresAt: number | undefined;
  /** The whole introspection answer (RFC 7662). */
  claims: Readonly<Record<string, unknown>>;
}

/** For whom friction counts: issuer, client and subject, so that two callers never share one. */
export function callerKey(caller: Pick<Identity, "issuer" | "clientId" | "subject">): string {
  return `${caller.issuer}\n${caller.clientId}\n${caller.subject}`;
}

/** Scheme and host in lower case, no default port, no slash at the end. */
export function canonical(url: string): string {
  try {
    const { protocol, host, pathname, search } = new URL(url);
    return `${protocol}//${host}${pathname.replace(/\/+$/, "")}${search}`;
  } catch {
    return url;
  }
}

/** Whether a token is meant for this resource (RFC 8707): the same URL, a slash at the end aside. */
export function isFor(identity: Identity, resource: string): boolean {
  const wanted = canonical(resource);
  return identity.audience.some((audience) => canonical(audience) === wanted);
}

export function missingScopes(identity: Pick<Identity, "scopes">, needed: readonly string[]): string[] {
  return needed.filter((scope) => !identity.scopes.has(scope));
}

/** From a text with spaces between, as RFC 7662 has it, or a list, as some servers send it. */
export function scopesOf(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.map(String));
  return new Set(typeof value === "string" ? value.split(/\s+/).filter(Boolean) : []);
}

/** The identity of an introspection answer; nothing unless it says `active: true`. */
export function identityOf(token: string, answer: Record<string, unknown>): Identity | undefined {
  if (answer["active"] !== true) return undefined;
  const text = (name: string) => (typeof answer[name] === "string" ? (answer[name] as string) : "");
  const audience = answer["aud"];
  const expiresAt = answer["exp"];
  return {
    token,
    clientId: text("client_id"),
    subject: text("sub") || text("client_id"),
    scopes: scopesOf(answer["scope"]),
    audience: Array.isArray(audience) ? audience.map(String) : typeof audience === "string" ? [audience] : [],
    issuer: text("iss"),
    expiresAt: typeof expiresAt === "number" ? expiresAt : undefined,
    claims: answer,
  };
}
