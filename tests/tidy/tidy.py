#!/usr/bin/env python3
"""Checks what the compiler does not: layers, who includes which library, sizes, names, terms, headers that stand alone.

usage: tests/tidy/tidy.py [ROOT]

Prints each problem as `file:line: text` and ends in a line `N passed, N failed`, counting rules.
"""
import pathlib, sys

sys.dont_write_bytecode = True
import headers
import rules
import terms
from tree import Tree


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    tree = Tree(root)
    passed = failed = 0
    for rule in [*rules.ALL, terms.terms_lead_to_their_file, headers.headers_stand_alone]:
        problems = list(rule(tree))
        for problem in problems:
            print(problem)
        passed, failed = passed + (not problems), failed + bool(problems)
    for path, count in rules.long_files(tree):
        print(f"warning: {path}: {count} lines; does it still have one subject?")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
