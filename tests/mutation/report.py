"""What was found, as tests/mutation/results.md."""
import collections

STATUSES = ("killed", "timed out", "survived", "does not compile")
HEAD = """# What the tests let pass

Written by `tests/mutation/run`; `README.md` beside it tells how. *Sensible* is what compiles and is not listed in
`equivalent.txt`; *caught* is what of that was killed or timed out. *At first* is before tests were added for what had survived.

"""


def read_equivalent(path):
    """id → reason. A line is `id what it is # reason`."""
    reasons = {}
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        told, _, reason = line.partition(" # ")
        if not reason.strip():
            raise SystemExit(f"{path.name}:{number}: no reason is given")
        reasons[told.split()[0]] = reason.strip()
    return reasons


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def write(path, results, population, equivalent):
    """results: of mutants that still exist; population: folder → how many mutants its files have."""
    folders = collections.defaultdict(list)
    for result in results:
        folders[result["path"].split("/")[1]].append(result)
    lines = ["| folder | mutants | tried | no compile | equivalent | sensible | caught | timed out of these | survived | caught at first | caught |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]

    def row(name, whole, tried):
        count = collections.Counter(result["status"] for result in tried)
        sensible = [result for result in tried if result["status"] != "does not compile" and result["id"] not in equivalent]
        caught = [result for result in sensible if result["status"] != "survived"]
        first = [result for result in sensible if result["first"] != "survived"]
        same = sum(result["id"] in equivalent for result in tried)
        lines.append(f"| {name} | {whole} | {len(tried)} | {count['does not compile']} | {same} | {len(sensible)} | {len(caught)} | "
                     f"{sum(result['status'] == 'timed out' for result in caught)} | {len(sensible) - len(caught)} | "
                     f"{share(len(first), len(sensible))} | {share(len(caught), len(sensible))} |")

    for folder in sorted(folders):
        row(f"`src/{folder}`", population[folder], folders[folder])
    row("all", sum(population[folder] for folder in folders), results)

    operators = collections.defaultdict(list)
    for result in results:
        if result["status"] != "does not compile" and result["id"] not in equivalent:
            operators[result["operator"]].append(result["status"] != "survived")
    lines += ["", "| change | sensible | caught |", "|---|---|---|"]
    lines += [f"| {name} | {len(caught)} | {share(sum(caught), len(caught))} |" for name, caught in sorted(operators.items())]

    survivors = [result for result in results if result["status"] == "survived" and result["id"] not in equivalent]
    lines += ["", "## Survived", ""]
    lines += [f"- {result['id']} {result['what']}" for result in sorted(survivors, key=lambda result: result["what"])] or ["Nothing."]
    known = {result["id"]: result for result in results if result["id"] in equivalent}
    lines += ["", "## Equivalent", ""]
    lines += [f"- {known[id]['what']}: {equivalent[id]}" for id in sorted(known, key=lambda id: known[id]["what"])] or ["Nothing."]
    path.write_text(HEAD + "\n".join(lines) + "\n")
