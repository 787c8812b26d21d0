// A verifier for the official MCP SDK, 1.x and 2.x.

import { Sluice, type SluiceOptions } from "./client.js";
import { isFor } from "./identity.js";

/** The SDK's AuthInfo. */
export interface AuthInfo {
  token: string;
  clientId: string;
  scopes: string[];
  expiresAt?: number;
  resource?: URL;
  extra?: Record<string, unknown>;
}

export interface VerifierOptions extends SluiceOptions {
  sluice?: Sluice;
  /** This server's identifier: tokens meant for another are refused (RFC 8707). */
  resource: string;
  /** Makes the error for which the SDK answers 401: of 1.x `(text) => new InvalidTokenError(text)`. */
  invalidToken: (message: string) => Error;
}

/**
 * The SDK's OAuthTokenVerifier: `requireBearerAuth({ verifier: sluiceVerifier({ ... }) })`.
 * Where Sluice gives no answer, it throws SluiceUnavailable and the SDK answers 500: a client keeps its token.
 */
export function sluiceVerifier(options: VerifierOptions): { verifyAccessToken(token: string): Promise<AuthInfo> } {
  const sluice = options.sluice ?? new Sluice(options);
  return {
    async verifyAccessToken(token) {
      const identity = await sluice.verify(token);
      if (identity === undefined || !isFor(identity, options.resource)) {
        throw options.invalidToken("The token is unknown, expired, revoked or meant for another server");
      }
      return {
        token,
        clientId: identity.clientId,
        scopes: [...identity.scopes],
        resource: new URL(options.resource),
        extra: { subject: identity.subject, issuer: identity.issuer },
        ...(identity.expiresAt === undefined ? {} : { expiresAt: identity.expiresAt }),
      };
    },
  };
}

/** Who calls, for friction: of the `authInfo` that the SDK hands to a tool. */
export function callerOf(authInfo: Pick<AuthInfo, "token" | "clientId" | "extra"> | undefined): {
  token?: string;
  issuer: string;
  clientId: string;
  subject: string;
} {
  if (authInfo === undefined) return { issuer: "", clientId: "", subject: "" };
  const { token, clientId, extra } = authInfo;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return { token, clientId, issuer: text(extra?.["issuer"]), subject: text(extra?.["subject"]) || clientId };
}
