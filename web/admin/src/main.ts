// The page: one resource at a time, drawn anew with every event.
import { Actions } from "./actions";
import { change_key, change_row, type ChangeView } from "./changes";
import { client_key, client_row, type ClientView } from "./clients";
import { by_id, h, KeyedList, say, set } from "./dom";
import { clock } from "./format";
import { Memory } from "./history";
import type { ResourceState, State } from "./protocol";
import { listen } from "./stream";
import { tool_card, type ToolView } from "./tools";
import { Numbers, Traffic } from "./traffic";

const memory = new Memory();
const actions = new Actions();
let state: State | undefined;
let chosen = decodeURIComponent(location.hash.slice(1)); // path of a resource
let numbers: Numbers | undefined;
let traffic: Traffic | undefined;

function tell(text: string): void {
    const place = by_id("said");
    say(place, text);
    setTimeout(() => place.textContent === text && say(place, ""), 6000);
}

async function forgive({ client, resource }: ClientView): Promise<void> {
    const who = client.subject || client.client_id;
    const done = await actions.forgive(resource.path, client.client_id, client.subject);
    tell(done ? `${who} is forgiven: friction starts from nothing.` : `Forgiving ${who} did not work.`);
}

async function acknowledge({ change, resource }: ChangeView): Promise<void> {
    const done = await actions.acknowledge(resource.path, change.tool);
    tell(done ? `The change of ${change.tool} is acknowledged.` : "Acknowledging did not work.");
}

const tools = new KeyedList<ToolView>(
    by_id("tools"),
    (view) => `${view.resource} ${view.tool.name}`,
    (view) => tool_card(view, memory),
);
const clients = new KeyedList<ClientView>(by_id("clients"), client_key, (view) => client_row(view, forgive));
const changes_list = by_id("changes").querySelector("ul") as HTMLElement;
const changes = new KeyedList<ChangeView>(changes_list, change_key, (view) => change_row(view, acknowledge));

function show_tabs(resources: ResourceState[], place: number): void {
    const nav = by_id("resources");
    set(nav, "hidden", resources.length < 2);
    if (nav.childElementCount !== resources.length) {
        nav.replaceChildren(
            ...resources.map(({ name, path }) => {
                const tab = h("button", { type: "button" }, h("bdi", {}, name), " ", h("small", {}, path));
                tab.addEventListener("click", () => {
                    chosen = path;
                    history.replaceState(null, "", `#${encodeURIComponent(path)}`);
                    draw();
                });
                return tab;
            }),
        );
    }
    [...nav.children].forEach((tab, i) => {
        set(tab, "aria-pressed", i === place ? "true" : "false");
        const over = resources[i]?.tools.some((tool) => tool.per_second.refused > 0);
        set(tab, "data-alarm", over ?? false);
    });
}

function show_empty(id: string, is_empty: boolean, text: string): void {
    const parent = by_id(id);
    const note = parent.parentElement?.querySelector(".empty");
    if (!is_empty) note?.remove();
    else if (!note) parent.after(h("p", { class: "empty" }, text));
}

function draw(): void {
    if (!state) return;
    const place = Math.max(
        state.resources.findIndex((resource) => resource.path === chosen),
        0,
    );
    const resource = state.resources[place];
    show_tabs(state.resources, place);
    if (!resource) return;
    numbers ??= new Numbers(by_id("numbers"));
    traffic ??= new Traffic(by_id("traffic"), memory);

    const with_friction = state.clients.filter((client) => client.resource === place);
    numbers.show(resource, with_friction.filter((client) => client.tools.length > 0).length);
    tools.show(resource.tools.map((tool, i) => ({ tool, place: i, resource: place })));
    clients.show(with_friction.map((client) => ({ client, resource })));
    const changed = state.changes.filter((change) => change.resource === place);
    changes.show(changed.map((change) => ({ change, resource })));
    set(by_id("changes"), "hidden", changed.length === 0);
    traffic.show(place, resource);
    show_empty("tools", resource.tools.length === 0, "No tool of this resource has friction.");
    show_empty("clients", with_friction.length === 0, "Nobody meets friction.");
}

listen({
    on_hello({ operator, token }) {
        actions.token = token;
        say(by_id("operator"), operator);
        set(by_id("logout-token"), "value", token);
    },
    on_history: (history) => memory.load(history),
    on_state(news) {
        state = news;
        if (news.keep) memory.add(news);
        draw();
    },
    on_status(status) {
        set(by_id("live"), "data-status", status);
        const words = { live: "live", connecting: "connecting", stale: "no news" };
        say(by_id("live-text"), words[status]);
        set(by_id("live"), "title", state ? `last event at ${clock(state.time)}` : "");
    },
});
