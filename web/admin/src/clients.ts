// Who meets friction, most first: how much, with what reasons, what was held back; and forgiving.
import { h, say, set, type Row } from "./dom";
import { ago, count, percent, span } from "./format";
import { Badge } from "./level";
import type { ClientState, ClientTool, ResourceState, ToolState } from "./protocol";

export interface ClientView {
    client: ClientState;
    resource: ResourceState;
}

export const client_key = ({ client }: ClientView): string =>
    JSON.stringify([client.resource, client.client_id, client.subject]);

const tools_shown_max = 4;

// What a refusal means in the tool's mode.
function consequence({ retry_after_s }: ClientTool, { mode }: ToolState): string {
    if (retry_after_s === 0) return "";
    if (mode === "observe") return " · would be refused";
    return mode === "delay" ? " · waits longest" : ` · passes again in ${span(retry_after_s)}`;
}

// One line for each tool under friction, the highest first.
class ToolLines {
    readonly element = h("ul", { class: "lines" });
    private readonly lines = Array.from({ length: tools_shown_max }, () => {
        const badge = new Badge();
        const text = h("span");
        const line = h("li", { hidden: true }, badge.element, " ", text);
        this.element.append(line);
        return { badge, text, line };
    });

    show({ client, resource }: ClientView): void {
        this.lines.forEach(({ badge, text, line }, i) => {
            const met = client.tools[i];
            set(line, "hidden", !met);
            if (!met) return;
            const tool = resource.tools[met.tool];
            badge.show(met.level, met.friction);
            if (!tool) return;
            say(text, `${tool.name}: ${percent(met.rate)} of its calls${consequence(met, tool)}`);
        });
    }
}

function held_text({ delayed, asked, refused }: ClientState): string {
    const parts = [];
    if (refused) parts.push(`${count(refused)} refused`);
    if (asked) parts.push(`${count(asked)} asked why`);
    if (delayed) parts.push(`${count(delayed)} delayed`);
    return parts.join(" · ") || "nothing held back";
}

/** As log lines have it: the id of a client that registered itself is long, and its beginning tells it from all others. */
export const short_client_id = (id: string): string =>
    id.length > 64 && id.startsWith("client_") ? `${id.slice(0, 29)}…` : id;

export function client_row(first: ClientView, forgive: (view: ClientView) => Promise<void>): Row<ClientView> {
    let shown = first;
    const lines = new ToolLines();
    const held = h("p", { class: "held" });
    const quote = h("q");
    const reason_of = h("small");
    const reason = h("p", { class: "reason", hidden: true }, quote, " ", reason_of);
    const seen = h("small", { class: "seen" });
    const { client_id, subject } = first.client;
    const named = subject !== client_id && subject !== "";
    const button = h("button", { type: "button", class: "second", "aria-label": `Forgive ${named ? subject : short_client_id(client_id)}` }, "Forgive");
    button.addEventListener("click", async () => {
        set(button, "disabled", true);
        await forgive(shown);
        set(button, "disabled", false);
        button.blur();
    });
    const who = h("p", { class: "who" }, h("strong", {}, h("bdi", {}, named ? subject : short_client_id(client_id))));
    if (named) who.append(h("small", {}, " with ", h("bdi", {}, short_client_id(client_id))));
    const element = h(
        "article",
        { class: "card client" },
        h("div", { class: "name" }, who, seen),
        lines.element,
        h("div", { class: "met" }, held, reason),
        button,
    );
    return {
        element,
        update(view) {
            shown = view;
            const { client } = view;
            lines.show(view);
            say(held, held_text(client));
            say(seen, `last call ${ago(client.seen_s)}`);
            set(reason, "hidden", client.reason === "");
            say(quote, client.reason);
            say(reason_of, `${client.reason_tool}, ${ago(client.reason_s)}`);
        },
    };
}
