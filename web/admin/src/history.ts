// The last half hour of every resource: what the server remembers, and what has come since.
import type { History, ResourceHistory, State } from "./protocol";

export class Memory {
    points_max = 360;
    step_s = 5;
    private resources: ResourceHistory[] = [];

    load(history: History): void {
        this.points_max = history.points_max;
        this.step_s = history.step_s;
        this.resources = history.resources;
    }

    add(state: State): void {
        state.resources.forEach((now, i) => {
            const kept = (this.resources[i] ??= {
                per_second: [],
                p50_ms: [],
                p99_ms: [],
                tools: now.tools.map(() => ({ share: [], friction: [] })),
            });
            this.push(kept.per_second, now.per_second);
            this.push(kept.p50_ms, now.p50_ms);
            this.push(kept.p99_ms, now.p99_ms);
            now.tools.forEach((tool, at) => {
                const of_tool = kept.tools[at];
                if (!of_tool) return;
                this.push(of_tool.share, tool.share);
                this.push(of_tool.friction, tool.friction);
            });
        });
    }

    of(resource: number): ResourceHistory | undefined {
        return this.resources[resource];
    }

    private push(values: number[], value: number): void {
        values.push(value);
        if (values.length > this.points_max) values.shift();
    }
}
