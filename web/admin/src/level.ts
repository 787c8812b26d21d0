// A level of friction, as a word and a colour: never as a colour alone.
import { h, say, set } from "./dom";
import type { Level, ToolState } from "./protocol";

const words: Record<Level, string> = {
    NONE: "none",
    LOW: "low",
    MEDIUM: "medium",
    HIGH: "high",
    BLOCKED: "blocked",
};

export function level_of(friction: number, tool: ToolState): Level {
    if (friction <= 0) return "NONE";
    if (friction >= tool.block) return "BLOCKED";
    if (friction >= tool.justification) return "HIGH";
    return friction < 0.3 ? "LOW" : "MEDIUM";
}

export class Badge {
    readonly element = h("span", { class: "badge" });

    show(level: Level, friction: number): void {
        set(this.element, "data-level", level);
        say(this.element, level === "NONE" ? "no friction" : `${words[level]} ${friction.toFixed(2)}`);
    }
}
