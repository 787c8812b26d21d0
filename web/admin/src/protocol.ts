// What the server sends: see docs/ADMIN.md.

export interface Hello {
    operator: string;
    token: string; // to be sent back with every action
    version: string;
}

export type Level = "NONE" | "LOW" | "MEDIUM" | "HIGH" | "BLOCKED";

// Calls a second.
export interface Outcomes {
    passed: number;
    delayed: number;
    asked: number;
    refused: number;
}

export interface ToolState {
    name: string;
    mode: string;
    target: number; // share of a client's calls
    share: number; // of the resource's calls in the last minute
    friction: number; // the most that a call met in the last minute
    justification: number; // friction from which a reason is asked for
    block: number; // friction from which calls are refused
    per_second: Outcomes;
    total: Outcomes; // calls since the start
}

export interface ResourceState {
    path: string;
    name: string;
    per_second: number; // requests
    failed_per_second: number;
    unverified_per_second: number; // requests without a good token
    slowed_per_second: number; // of them, for too many from one address
    p50_ms: number;
    p99_ms: number;
    clients: number; // tracked
    other_per_second: number; // calls of tools without friction
    tools: ToolState[];
}

export interface ClientTool {
    tool: number; // place in ResourceState.tools
    level: Level;
    friction: number;
    rate: number; // share of this client's calls
    retry_after_s: number;
}

export interface ClientState {
    resource: number;
    client_id: string;
    subject: string;
    seen_s: number; // ago
    delayed: number;
    asked: number;
    refused: number;
    reason: string;
    reason_tool: string;
    reason_s: number; // ago
    tools: ClientTool[]; // those with friction, most first
}

export interface ChangeState {
    resource: number;
    tool: string;
    what: string[]; // "description", "input_schema", "added"
    old_hash: string;
    new_hash: string;
    seen_s: number; // ago
    raises: boolean; // friction, until it is acknowledged
}

export interface State {
    time: number; // Unix, seconds
    keep: boolean; // the next point of the history
    resources: ResourceState[];
    clients: ClientState[];
    changes: ChangeState[];
}

export interface ToolHistory {
    share: number[];
    friction: number[];
}

export interface ResourceHistory {
    per_second: number[];
    p50_ms: number[];
    p99_ms: number[];
    tools: ToolHistory[];
}

// Points `step_s` apart, oldest first; every list is as long as `points`.
export interface History {
    step_s: number;
    points_max: number;
    time: number[];
    resources: ResourceHistory[];
}
