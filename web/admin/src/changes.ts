// Tools whose definition is not what it was; and acknowledging that.
import { h, say, set, type Row } from "./dom";
import { ago } from "./format";
import type { ChangeState, ResourceState } from "./protocol";

export interface ChangeView {
    change: ChangeState;
    resource: ResourceState;
}

export const change_key = ({ change }: ChangeView): string => JSON.stringify([change.resource, change.tool]);

const words: Record<string, string> = {
    description: "description",
    input_schema: "input schema",
    added: "new tool",
};

export function change_row(first: ChangeView, acknowledge: (view: ChangeView) => Promise<void>): Row<ChangeView> {
    let shown = first;
    const what = h("span", { class: "what" });
    const hashes = h("small");
    const raises = h("span", { class: "badge", "data-level": "HIGH" }, "friction raised");
    const button = h(
        "button",
        { type: "button", class: "second", "aria-label": `Acknowledge the change of ${first.change.tool}` },
        "Acknowledge",
    );
    button.addEventListener("click", async () => {
        set(button, "disabled", true);
        await acknowledge(shown);
        set(button, "disabled", false);
    });
    const element = h(
        "li",
        { class: "card change" },
        h("p", {}, h("strong", {}, h("bdi", {}, first.change.tool)), " ", what, " ", raises),
        hashes,
        button,
    );
    return {
        element,
        update(view) {
            shown = view;
            const { change } = view;
            say(what, `${change.what.map((part) => words[part] ?? part).join(", ")} · ${ago(change.seen_s)}`);
            const old_hash = change.old_hash === "" ? "not there" : change.old_hash.slice(0, 12);
            say(hashes, `${old_hash} → ${change.new_hash.slice(0, 12)}`);
            set(raises, "hidden", !change.raises);
        },
    };
}
