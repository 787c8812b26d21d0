// One card for each tool under friction: its rate against its target, its friction, what calls met.
import { Chart } from "./chart";
import { h, s, say, set, type Row } from "./dom";
import { count, per_second, percent } from "./format";
import type { Memory } from "./history";
import { Badge, level_of } from "./level";
import type { Outcomes, ToolState } from "./protocol";

export interface ToolView {
    place: number;
    resource: number;
    tool: ToolState;
}

// A bar for the share and a tick for the target. The target stands at a third of the width, so that
// three times the target fills it.
class Gauge {
    private readonly bar = s("rect", { y: 3, height: 8, x: 0, rx: 2, class: "share" });
    readonly element = s(
        "svg",
        { viewBox: "0 0 300 14", preserveAspectRatio: "none", class: "gauge", role: "img" },
        s("rect", { y: 3, height: 8, x: 0, width: 300, rx: 2, class: "rail" }),
        this.bar,
        s("rect", { y: 0, height: 14, x: 99, width: 2, class: "target" }),
    );

    show(tool: ToolState): void {
        const full = tool.target > 0 ? tool.target * 3 : 0.03;
        set(this.bar, "width", (Math.min(tool.share / full, 1) * 300).toFixed(1));
        set(this.bar, "data-over", tool.share > tool.target);
        set(this.element, "aria-label", `${percent(tool.share)} of calls, target ${percent(tool.target)}`);
    }
}

const outcomes: [keyof Outcomes, string][] = [
    ["passed", "passed"],
    ["delayed", "delayed"],
    ["asked", "asked why"],
    ["refused", "refused"],
];

export function tool_card(first: ToolView, memory: Memory): Row<ToolView> {
    const badge = new Badge();
    const gauge = new Gauge();
    const share = h("strong");
    const target = h("span");
    const chart = new Chart({
        height: 70,
        label: `Highest friction of ${first.tool.name}`,
        top: () => 1,
        show: (value) => value.toFixed(2),
        lines: ["friction"],
        points_max: memory.points_max,
        marks: [
            { value: first.tool.justification, kind: "high" },
            { value: first.tool.block, kind: "blocked" },
        ],
    });
    const cells = outcomes.map(([, title]) => ({ title, rate: h("strong"), total: h("small") }));
    const element = h(
        "article",
        { class: "card tool" },
        h(
            "header",
            {},
            h("h3", {}, first.tool.name),
            h("span", { class: "tag" }, first.tool.mode),
            badge.element,
        ),
        h("p", { class: "against" }, share, " of calls · ", target),
        gauge.element,
        h("div", { class: "plot" }, chart.element),
        h(
            "dl",
            { class: "outcomes" },
            ...cells.map(({ title, rate, total }) =>
                h("div", {}, h("dt", {}, title), h("dd", {}, rate, h("span", { class: "unit" }, "/s "), total)),
            ),
        ),
    );
    return {
        element,
        update({ tool, place, resource }) {
            badge.show(level_of(tool.friction, tool), tool.friction);
            gauge.show(tool);
            say(share, percent(tool.share));
            say(target, `target ${percent(tool.target)}`);
            set(element, "data-over", tool.share > tool.target);
            chart.update([memory.of(resource)?.tools[place]?.friction ?? []]);
            outcomes.forEach(([name], i) => {
                const cell = cells[i];
                if (!cell) return;
                say(cell.rate, per_second(tool.per_second[name]));
                say(cell.total, `${count(tool.total[name])} in all`);
            });
        },
    };
}
