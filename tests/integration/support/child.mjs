// A child process whose output is kept, and which ends with its test.
import { spawn } from "node:child_process";

// The test runner ends a file that takes too long this way; "exit" listeners have to run then, too.
process.once("SIGTERM", () => process.exit(143));

export class Child {
    constructor(command, args, { env = {} } = {}) {
        this.stdout = "";
        this.stderr = "";
        this.process = spawn(command, args, {
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "pipe"],
        });
        process.on("exit", () => this.process.kill("SIGKILL"));
        this.process.stdout.on("data", (bytes) => (this.stdout += bytes));
        this.process.stderr.on("data", (bytes) => (this.stderr += bytes));
        this.ended = new Promise((resolve) => {
            this.process.once("error", (error) => resolve({ code: null, error }));
            this.process.once("close", (code, signal) => resolve({ code, signal }));
            // A grandchild may hold the pipes open for ever.
            this.process.once("exit", (code, signal) =>
                setTimeout(() => {
                    this.process.stdout.destroy();
                    this.process.stderr.destroy();
                    resolve({ code, signal });
                }, 500),
            );
        }).then((outcome) => (this.outcome = outcome));
    }

    get output() {
        return this.stdout + this.stderr;
    }

    // Why the process can no longer serve, or undefined while it runs.
    failure() {
        if (!this.outcome) return undefined;
        const { code, signal, error } = this.outcome;
        return `ended early (code ${code}, signal ${signal}, error ${error}):\n${this.output}`;
    }

    // Asks to stop, waits, and insists after `limit_ms`. Returns {code, signal}.
    async stop({ signal = "SIGTERM", limit_ms = 10_000 } = {}) {
        if (!this.outcome) this.process.kill(signal);
        const timer = setTimeout(() => this.process.kill("SIGKILL"), limit_ms);
        const outcome = await this.ended;
        clearTimeout(timer);
        return outcome;
    }
}

// Stops everything that was started, also where one of them ended badly, and tells of the first.
export async function stop_all(...stops) {
    const outcomes = await Promise.allSettled(stops.map(async (stop) => stop?.()));
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
}
