// Numbers of the moment, and requests and latency over time.
import { Chart, range_of, round_top } from "./chart";
import { h, say, set } from "./dom";
import { count, milliseconds, per_second } from "./format";
import type { Memory } from "./history";
import type { ResourceState } from "./protocol";

class Tile {
    private readonly value = h("strong");
    private readonly note = h("small");
    readonly element: HTMLElement;

    constructor(title: string) {
        this.element = h("div", { class: "card tile" }, h("h3", {}, title), this.value, this.note);
    }
    show(value: string, note: string, alarming = false): void {
        say(this.value, value);
        say(this.note, note);
        set(this.element, "data-alarm", alarming);
    }
}

export class Numbers {
    private readonly requests = new Tile("Requests a second");
    private readonly latency = new Tile("Latency, median");
    private readonly held = new Tile("Calls held a second");
    private readonly clients = new Tile("Clients");
    private readonly strangers = new Tile("Unverified a second");

    constructor(parent: HTMLElement) {
        for (const tile of [this.requests, this.latency, this.held, this.clients, this.strangers]) parent.append(tile.element);
    }

    show(now: ResourceState, with_friction: number): void {
        const failed = now.failed_per_second;
        this.requests.show(
            per_second(now.per_second),
            failed > 0 ? `${per_second(failed)} of them fail` : "none fails",
            failed > 0,
        );
        this.latency.show(milliseconds(now.p50_ms), `99 of 100 within ${milliseconds(now.p99_ms)}`);
        const sum = { delayed: 0, asked: 0, refused: 0 };
        for (const { per_second: of } of now.tools) {
            sum.delayed += of.delayed;
            sum.asked += of.asked;
            sum.refused += of.refused;
        }
        this.held.show(
            per_second(sum.delayed + sum.asked + sum.refused),
            `${per_second(sum.delayed)} delayed · ${per_second(sum.asked)} asked · ${per_second(sum.refused)} refused`,
            sum.refused > 0,
        );
        const meeting = with_friction === 1 ? "1 meets friction" : `${count(with_friction)} meet friction`;
        this.clients.show(count(now.clients), with_friction ? meeting : "none meets friction");
        const slowed = now.slowed_per_second;
        this.strangers.show(
            per_second(now.unverified_per_second),
            slowed > 0 ? `${per_second(slowed)} of them slowed down` : "without a good token",
            slowed > 0,
        );
    }
}

class Plot {
    private readonly now = h("strong");
    private readonly edge = h("small", { class: "edge" });
    private readonly since = h("small");
    private readonly chart: Chart;

    constructor(
        parent: HTMLElement,
        title: string,
        private readonly show_value: (value: number) => string,
        lines: string[],
        private readonly memory: Memory,
        legend: Node[] = [],
    ) {
        this.chart = new Chart({
            height: 120,
            label: title,
            top: round_top,
            show: show_value,
            lines,
            points_max: memory.points_max,
        });
        parent.append(
            h(
                "figure",
                { class: "card" },
                h("figcaption", {}, h("span", {}, title), ...legend, this.now),
                h("div", { class: "plot tall" }, this.edge, this.chart.element),
                h("div", { class: "axis" }, this.since, h("small", {}, "now")),
            ),
        );
    }
    update(lines: number[][], now: string): void {
        say(this.edge, this.show_value(this.chart.update(lines)));
        say(this.now, now);
        const { points_max, step_s } = this.memory;
        const points = range_of(lines[0]?.length ?? 0, points_max);
        say(this.since, `${Math.round((points * step_s) / 60)} min ago`);
    }
}

export class Traffic {
    private readonly requests: Plot;
    private readonly latency: Plot;

    constructor(parent: HTMLElement, private readonly memory: Memory) {
        this.requests = new Plot(parent, "Requests a second", per_second, ["requests"], memory);
        const key = (kind: string, text: string) => h("small", { class: `key ${kind}` }, text);
        this.latency = new Plot(parent, "Latency", milliseconds, ["p99", "p50"], memory, [
            key("p50", "median"),
            key("p99", "99 of 100"),
        ]);
    }

    show(place: number, now: ResourceState): void {
        const past = this.memory.of(place);
        this.requests.update([past?.per_second ?? []], per_second(now.per_second));
        this.latency.update(
            [past?.p99_ms ?? [], past?.p50_ms ?? []],
            `${milliseconds(now.p50_ms)} / ${milliseconds(now.p99_ms)}`,
        );
    }
}
