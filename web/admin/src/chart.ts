// Lines over time, as SVG that is made once and then only gets new points.
import { s, set } from "./dom";

export interface ChartOptions {
    height: number;
    label: string; // for screen readers: "Requests a second"
    top: (values: number[]) => number; // what the upper edge stands for
    show: (value: number) => string;
    lines: string[]; // classes
    points_max: number;
    marks?: { value: number; kind: string }[]; // levels drawn across
}

const width = 600;

// The least of 1, 2, 5, 10, ... that is not below every value.
export function round_top(values: number[]): number {
    const most = Math.max(...values, 0);
    if (most <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(most));
    return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= most * 0.999) ?? most;
}

const points_min = 60;

// How many points the whole width stands for: all there are, but not so few that two fill it.
export function range_of(points: number, points_max: number): number {
    return Math.min(Math.max(points, points_min), points_max);
}

export class Chart {
    readonly element: SVGSVGElement;
    private readonly paths: SVGPathElement[];
    private readonly areas: SVGPathElement[];
    private readonly marks: SVGLineElement[];

    constructor(private readonly options: ChartOptions) {
        const { height } = options;
        this.areas = options.lines.map((kind) => s("path", { class: `area ${kind}` }));
        this.paths = options.lines.map((kind) => s("path", { class: `line ${kind}` }));
        this.marks = (options.marks ?? []).map(({ kind }) =>
            s("line", { x1: 0, x2: width, class: `mark ${kind}` }),
        );
        this.element = s(
            "svg",
            {
                viewBox: `0 0 ${width} ${height}`,
                preserveAspectRatio: "none",
                role: "img",
                class: "chart",
            },
            s("line", { x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5, class: "base" }),
            ...this.marks,
            ...this.areas,
            ...this.paths,
        );
    }

    // Gives what the upper edge stands for.
    update(lines: number[][]): number {
        const { height, points_max, top: top_of, marks, show, label } = this.options;
        const top = top_of(lines.flat());
        const range = range_of(lines[0]?.length ?? 0, points_max);
        const y = (value: number) => height - 1 - (Math.min(value, top) / top) * (height - 3);
        lines.forEach((values, i) => {
            const first = range - values.length;
            const points = values.map(
                (value, at) =>
                    `${(((first + at) / (range - 1)) * width).toFixed(1)} ${y(value).toFixed(1)}`,
            );
            const line = this.paths[i];
            const area = this.areas[i];
            if (!line || !area) return;
            set(line, "d", points.length ? `M${points.join("L")}` : "");
            const start = ((first / (range - 1)) * width).toFixed(1);
            set(area, "d", points.length ? `M${start} ${height}L${points.join("L")}L${width} ${height}Z` : "");
        });
        marks?.forEach(({ value }, i) => {
            const mark = this.marks[i];
            if (!mark) return;
            set(mark, "y1", y(value));
            set(mark, "y2", y(value));
        });
        const last = lines.map((values) => show(values.at(-1) ?? 0)).join(", ");
        set(this.element, "aria-label", `${label}: now ${last}`);
        return top;
    }
}
