// Numbers and times as people read them.

export function percent(share: number): string {
    const value = share * 100;
    if (value === 0) return "0 %";
    return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}

export function per_second(rate: number): string {
    if (rate === 0) return "0";
    if (rate < 0.095) return rate.toFixed(2);
    if (rate < 10) return rate.toFixed(1);
    return count(Math.round(rate));
}

export function count(value: number): string {
    if (value < 10_000) return value.toLocaleString("en");
    if (value < 1_000_000) return `${(value / 1000).toFixed(value < 100_000 ? 1 : 0)} k`;
    return `${(value / 1_000_000).toFixed(1)} M`;
}

export function milliseconds(value: number): string {
    if (value === 0) return "–";
    if (value < 1) return `${value.toFixed(2)} ms`;
    if (value < 10) return `${value.toFixed(1)} ms`;
    if (value < 1000) return `${value.toFixed(0)} ms`;
    return `${(value / 1000).toFixed(1)} s`;
}

export function ago(seconds: number): string {
    if (seconds < 2) return "now";
    return `${span(seconds)} ago`;
}

export function span(seconds: number): string {
    if (seconds < 90) return `${Math.round(seconds)} s`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
    if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
    return `${Math.round(seconds / 86_400)} d`;
}

export function clock(unix_seconds: number): string {
    return new Date(unix_seconds * 1000).toLocaleTimeString("en-GB");
}
