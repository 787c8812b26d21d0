/**
 * Sluice's SDK for JavaScript servers: verify tokens, announce where to get them, put friction in front of tools.
 * `sluice-mcp/hono`, `/express` and `/mcp` fit it to frameworks; docs/guides has a page for each.
 */
export { TokenCache } from "./cache.js";
export { type Decision, NotAllowed, type Question, Sluice, type SluiceOptions, SluiceUnavailable } from "./client.js";
export type { FrictionConfig, GroupFriction, Mode, ToolFriction } from "./config.js";
export { type FrictionDecision, type Level, messageOf, type Reason, type Saturation } from "./controller.js";
export { type Caller, type Friction, FrictionRefusal, guarded, localFriction, recorded, remoteFriction } from "./friction.js";
export { bearerToken, challenge, Guard, type GuardOptions, metadataUrl, protectedResourceMetadata, type Refusal, type Verdict, withSluice } from "./guard.js";
export { callerKey, type Identity, isFor, missingScopes } from "./identity.js";
export { FrictionRegistry } from "./registry.js";
