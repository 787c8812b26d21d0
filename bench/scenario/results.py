"""Writes what was measured to bench/results: data, a table and a plot for each scenario, and one page of targets.

A scenario's files are replaced when it runs again; the page of targets is made of all that are there.
"""
import json

import plot
from workplace import ROOT

RESULTS = ROOT / "bench" / "results"
PAGE = "scenarios.md"
ALLOCATIONS = ("Heap allocations a request in steady state are a matter of right or wrong, not of measure: "
               "`tests/blackbox/test_allocations.py` counts them in the running binary and allows none.")


def heading(taken):
    load = taken["load"]
    driven = f"{load['rounds']} rounds of {load['seconds']} s, {load['connections']} connections; medians of the rounds"
    return [*(f"- {line}" for line in taken["machine"]), f"- command: `{taken['command']}`, {taken['when']}",
            f"- {driven}; load average when it began: {taken['load_average']:.1f}"]


def table(rows):
    lines = ["| server | requests/s | CPU µs a request | of it user / system | p50 ms | p99 ms | "
             f"over {rows[0]['name']} (least to greatest) |",
             "|---|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {row['name']} | {row['rps']:,} | {row['cpu_us']} | {row['user_us']} / {row['system_us']} | "
                     f"{row['p50_ms']} | {row['p99_ms']} | {row['cpu_ratio']} ({row['cpu_ratio_least']} to "
                     f"{row['cpu_ratio_greatest']}) |")
    return lines


def verdict(target):
    if target["measured"] is None:
        return "not measured: " + target["why"].replace("\n", " ").replace("|", "/")
    if target["met"]:
        return "met"
    return f"missed by {(target['measured'] / target['limit'] - 1) * 100:.0f} %; see docs/PERFORMANCE.md"


def target_table(targets):
    lines = ["| target | at most | measured | |", "|---|---|---|---|"]
    for target in targets:
        unit = f" {target['unit']}" if target["unit"] else ""
        measured = "–" if target["measured"] is None else f"{target['measured']:g}{unit}"
        lines.append(f"| {target['what']} | {target['limit']:g}{unit} | {measured} | {verdict(target)} |")
    return lines


def scenario_page(name, outcome):
    lines = [f"# {outcome['title']}", "", outcome["about"], "", *heading(outcome["taken"]), ""]
    if outcome["rows"]:
        lines += table(outcome["rows"]) + ["", f"![{outcome['title']}]({name}.svg)", ""]
    if outcome["targets"]:
        lines += target_table(outcome["targets"]) + [""]
    named = {target["what"] for target in outcome["targets"]}
    lines += [f"- {what}: {value if isinstance(value, str) else f'{value:,.5g}'}"
              for what, value in outcome["figures"].items() if what not in named]
    lines += [f"- left out: {one['what']}: {' '.join(one['why'].split())}" for one in outcome["skipped"]]
    return "\n".join(lines).rstrip() + "\n"


def draw(outcome):
    """The picture of a scenario."""
    rows, spread = [], "; the thin line: least to greatest of the rounds"
    for row in outcome["rows"]:
        p99 = row["p99_ms_of_rounds"]
        value = (row["p99_ms"], min(p99), max(p99)) if outcome["plots"] == "p99" else (
            row["cpu_ratio"], row["cpu_ratio_least"], row["cpu_ratio_greatest"])
        rows.append((row["name"], *value, row["name"].startswith("Sluice")))
    if outcome["plots"] == "p99":
        return plot.bars(outcome["title"], "p99 latency, ms, from the moment a request was due" + spread, rows)
    limit = next(((one["limit"], f"target {one['limit']:g}") for one in outcome["targets"]
                  if one["what"].endswith(": floors")), None)
    return plot.bars(outcome["title"], f"CPU time a request; {rows[0][0]} = 1" + spread, rows, limit)


def write_scenario(name, outcome, taken):
    """outcome  Outcome.as_json(). taken  machine, command, when and load."""
    outcome = {**outcome, "taken": taken}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(outcome, indent=1, ensure_ascii=False) + "\n")
    (RESULTS / f"{name}.md").write_text(scenario_page(name, outcome))
    picture = RESULTS / f"{name}.svg"
    picture.unlink(missing_ok=True)
    if outcome["rows"]:
        picture.write_text(draw(outcome))


def write_page(names):
    """The page of all targets, in the order of `names`, from the files that are there."""
    lines = ["# Scenarios", "", "Sluice beside its references, each scenario in one run; `make bench` measures again.",
             ""]
    details, targets = [], []
    for name in names:
        path = RESULTS / f"{name}.json"
        if not path.exists():
            details.append(f"- {name}: has not been run")
            continue
        outcome = json.loads(path.read_text())
        targets += outcome["targets"]
        details.append(f"- [{outcome['title']}]({name}.md), {outcome['taken']['when']}")
        details += [f"  - left out: {one['what']}: {' '.join(one['why'].split())}" for one in outcome["skipped"]]
    lines += [*target_table(targets), "", ALLOCATIONS, "", "## Each scenario", "", *details, ""]
    (RESULTS / PAGE).write_text("\n".join(lines))
