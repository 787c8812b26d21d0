"""The whole proof: 200 kills and 100 power cuts on each engine, 10,000 races; writes results.md.

usage: tests/durability/run --whole [--seed N] [PYTEST ARGUMENT...]
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
AMOUNTS = ["--cycles", "200", "--cuts", "100", "--races", "10000", "--sweep", "400"]


def page(recorded: dict, last_line: str, seconds: float) -> str:
    lines = ["# What the whole proof of durability found", "",
             "Written by `tests/durability/run --whole`; `tests/durability/run` is its short form.", "",
             f"{time.strftime('%Y-%m-%d', time.gmtime())}: {last_line} ({seconds / 60:.0f} minutes).", "",
             "| what | numbers |", "|---|---|"]
    for name, values in recorded.items():
        told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
        lines.append(f"| {name} | {told} |")
    lines += ["", "`acknowledged`: answers that the ledger client got; `unanswered`: requests whose outcome a disaster "
              "left unknown; `facts`: lines of the", "ledger; `checks`: questions of the verification, each with the "
              "one right answer. The same dice: `--seed N`."]
    return "\n".join(lines) + "\n"


def main():
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.json"
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", *AMOUNTS, "--record", str(record), *sys.argv[1:]]
        process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        counted = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            if " passed" in line or " failed" in line:
                counted = line.strip().rpartition(" in ")[0]
        process.wait()
        if record.exists():
            text = page(json.loads(record.read_text()), counted, time.monotonic() - began)
            (HERE / "results.md").write_text(text)
            print(text)
    sys.exit(process.returncode)


if __name__ == "__main__":
    main()
