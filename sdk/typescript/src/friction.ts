// Friction in front of tools: in this process, or by asking Sluice.

import type { Sluice } from "./client.js";
import type { FrictionConfig } from "./config.js";
import { type FrictionDecision, type Level, messageOf } from "./controller.js";
import { callerKey, type Identity } from "./identity.js";
import { FrictionRegistry } from "./registry.js";

/** Who calls. All callers without a token are one, so that leaving the token away washes no friction off. */
export type Caller = Pick<Identity, "issuer" | "clientId" | "subject"> & { token?: string };

/** Friction held a call back; the tool was not run and the call not counted. Its message is for the model. */
export class FrictionRefusal extends Error {
  override name = "FrictionRefusal";
  constructor(
    message: string,
    readonly tool: string,
    readonly level: Level | "",
    readonly friction: number,
    readonly retryAfterSeconds: number,
    readonly asksReason: boolean,
  ) {
    super(message);
  }

  /** As an MCP tool result, which a model reads. */
  toToolResult(): { content: { type: "text"; text: string }[]; isError: true } {
    return { content: [{ type: "text", text: this.message }], isError: true };
  }
}

/** What decides on a call. */
export interface Friction {
  /** Seconds to wait first. Throws a FrictionRefusal. */
  admit(caller: Caller, tool: string, justification?: string): number | Promise<number>;
  record(caller: Caller, tool: string): void | Promise<void>;
}

/** In this process. One for a server. */
export function localFriction(config: FrictionConfig): Friction & { registry: FrictionRegistry } {
  const registry = new FrictionRegistry(config);
  return {
    registry,
    admit(caller, tool, justification) {
      const decision = registry.admit(callerKey(caller), tool, Boolean(justification));
      if (!decision.forward) throw refusalOf(tool, decision);
      return decision.delaySeconds;
    },
    record(caller, tool) {
      registry.record(callerKey(caller), tool);
    },
  };
}

/** By `/v1/decision`: counted with the calls through the gateway and those of other servers. */
export function remoteFriction(sluice: Sluice, resource?: string): Friction {
  const about = ({ token, clientId, subject }: Caller) => (token ? { token, resource } : { clientId, subject, resource });
  return {
    async admit(caller, tool, justification) {
      const decision = await sluice.decide({ tool, justification, ...about(caller) });
      if (decision.allowed) return decision.delaySeconds;
      const { level, value } = decision.friction;
      throw new FrictionRefusal(
        decision.message || `Tool '${tool}' is refused: ${decision.reason}`,
        tool,
        (level as Level | undefined) ?? "",
        typeof value === "number" ? value : 0,
        decision.retryAfterSeconds,
        decision.reason === "justification_required",
      );
    },
    async record(caller, tool) {
      await sluice.record({ tool, ...about(caller) });
    },
  };
}

/**
 * Runs `run` if friction lets the call pass, after the delay that it says; throws a FrictionRefusal else.
 *
 *     const text = await guarded(friction, caller, "delete_note", () => remove(id));
 */
export async function guarded<Result>(
  friction: Friction,
  caller: Caller,
  tool: string,
  run: () => Result | Promise<Result>,
  justification?: string,
): Promise<Result> {
  const admitted = friction.admit(caller, tool, justification);
  const delay = typeof admitted === "number" ? admitted : await admitted;
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay * 1000));
  return run();
}

/** For tools without friction of their own: counted, never held back. */
export async function recorded<Result>(
  friction: Friction,
  caller: Caller,
  tool: string,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  await friction.record(caller, tool);
  return run();
}

function refusalOf(tool: string, decision: FrictionDecision): FrictionRefusal {
  const why = messageOf(decision);
  const text =
    decision.asksReason ? `Tool '${tool}' asks for a reason. ${why}. Call it again and say why it is needed.`
    : decision.waitingHelps ? `Tool '${tool}' is held back for now. ${why}. Try another way, or call it again in ${decision.retryAfterSeconds} seconds.`
    : `Tool '${tool}' is held back. ${why}. Try another way.`;
  const wait = decision.asksReason ? 0 : decision.retryAfterSeconds;
  return new FrictionRefusal(text, tool, decision.level, decision.friction, wait, decision.asksReason);
}
