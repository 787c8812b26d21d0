// The stream of events: taken up again where it breaks, and to the login page where it may not be.
import type { Hello, History, State } from "./protocol";

export interface Listener {
    on_hello(hello: Hello): void;
    on_history(history: History): void;
    on_state(state: State): void;
    on_status(status: "live" | "connecting" | "stale"): void;
}

const stale_ms = 5000;
const retry_ms = 2000;

export function listen(to: Listener): void {
    let last = performance.now();
    let source: EventSource;

    const open = () => {
        source = new EventSource("/admin/events");
        const on = <Message>(name: string, take: (message: Message) => void) =>
            source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data)));
        on<Hello>("hello", (hello) => to.on_hello(hello));
        on<History>("history", (history) => to.on_history(history));
        on<State>("state", (state) => {
            last = performance.now();
            to.on_state(state);
            to.on_status("live");
        });
        source.addEventListener("error", () => void broke());
    };
    const broke = async () => {
        to.on_status("connecting");
        if (source.readyState !== EventSource.CLOSED) return; // the browser tries again itself
        try {
            const answer = await fetch("/admin/session");
            if (answer.status === 401) return location.assign("/admin/login");
        } catch {
            // The process is gone for now.
        }
        setTimeout(open, retry_ms);
    };
    setInterval(() => performance.now() - last > stale_ms && to.on_status("stale"), 1000);
    open();
}
