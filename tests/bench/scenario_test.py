#!/usr/bin/env python3
"""The scenario benchmarks still run, and write what they measured. No test here looks at a number that a clock made.

Needs wrk, and a release binary (SLUICE_BINARY, or build/release/sluice). Ends in a line `N passed, N failed`.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "scenario"), str(ROOT / "bench")]

import plot
import results
from outcome import Outcome, Scenario, Target

TAKEN = {"machine": ["CPU: one"], "command": "bench/scenario/run", "when": "2026-01-01", "load_average": 0.1,
         "load": {"rounds": 3, "seconds": 4, "connections": 64}}


def row(name, *cpu):
    return {"name": name, "rps": 1000, "cpu_us": cpu[0], "user_us": 1.0, "system_us": 1.0, "p50_ms": 0.1, "p99_ms": 0.2,
            "cpu_ratio": cpu[0] / 2, "cpu_ratio_least": 0.9, "cpu_ratio_greatest": 1.1, "cpu_us_of_rounds": list(cpu),
            "p99_ms_of_rounds": [0.1, 0.2, 0.3]}


class Targets(unittest.TestCase):
    def verdict(self, target, outcome):
        return results.verdict(outcome.verdict(target))

    def test_a_ratio_is_the_median_of_the_rounds_own_ratios(self):
        outcome = Outcome()
        outcome.rows = [row("floor", 2, 4, 8), row("Sluice", 4, 4, 12)]
        self.assertEqual(outcome.measured(Target("x", 1.2, "Sluice", "floor")), 1.5)

    def test_at_its_limit_a_target_is_met_and_beyond_it_the_page_says_by_how_much(self):
        outcome = Outcome()
        outcome.rows = [row("floor", 2), row("Sluice", 3)]
        self.assertEqual(self.verdict(Target("x", 1.5, "Sluice", "floor"), outcome), "met")
        self.assertIn("missed by 25 %", self.verdict(Target("x", 1.2, "Sluice", "floor"), outcome))

    def test_what_was_not_measured_is_never_met_and_says_why(self):
        outcome = Outcome()
        outcome.why_not = "there is no nginx"
        outcome.rows = [row("Sluice", 3)]
        self.assertEqual(self.verdict(Target("x", 9, "Sluice", "nginx"), outcome), "not measured: there is no nginx")
        self.assertEqual(self.verdict(Target("a figure", 9), outcome), "not measured: there is no nginx")


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, results, "RESULTS", results.RESULTS)
        results.RESULTS = pathlib.Path(folder.name)

    def write(self, name, limit):
        outcome = Outcome()
        outcome.rows = [row("floor", 2), row("Sluice & co", 3)]
        outcome.skip("Envoy", "no pip")
        targets = [Target(f"{name}: floors", limit, "Sluice & co", "floor")]
        scenario = Scenario(name, name.title(), "About it.", None, targets)
        results.write_scenario(name, outcome.as_json(scenario), TAKEN)

    def test_a_scenario_that_runs_again_leaves_the_others_on_the_page(self):
        self.write("token", 1.0)
        self.write("introspection", 1.0)
        self.write("token", 2.0)
        results.write_page(["introspection", "token", "tls"])
        page = (results.RESULTS / results.PAGE).read_text()
        self.assertIn("| introspection: floors | 1 | 1.5 | missed by 50 %", page)
        self.assertIn("| token: floors | 2 | 1.5 | met |", page)
        self.assertIn("tls: has not been run", page)
        self.assertIn("left out: Envoy: no pip", page)

    def test_a_picture_is_well_formed_and_shows_every_row_and_the_target(self):
        self.write("token", 1.6)
        picture = xml.etree.ElementTree.parse(results.RESULTS / "token.svg")
        texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
        for text in ("Token", "floor", "Sluice & co", "1.50", "target 1.6"):
            self.assertIn(text, texts)

    def test_a_bar_that_would_hide_the_others_is_cut(self):
        rows = [("a", 1.0, 1.0, 1.0, False), ("b", 1.2, 1.1, 1.3, True), ("c", 60.0, 50.0, 70.0, False)]
        picture = plot.bars("t", "u", rows)
        self.assertIn("60.0", picture)
        rects = xml.etree.ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}rect")
        widths = [float(rect.get("width")) for rect in rects][1:]
        self.assertGreater(widths[0], widths[2] / 2)


class Smoke(unittest.TestCase):
    """One second of each scenario that starts fast: it fails when a server or an answer is not as it should be."""

    def run_quick(self, *scenarios):
        binary = os.environ.get("SLUICE_BINARY", ROOT / "build" / "release" / "sluice")
        command = [ROOT / "bench" / "scenario" / "run", "--quick", "--no-downloads", "--sluice", binary, *scenarios]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_requests_of_one_core(self):
        out = self.run_quick("introspection", "token", "decision", "tools-call")
        self.assertGreaterEqual(len(re.findall(r"^Sluice +\d", out, re.M)), 4, out)

    def test_requests_of_two_cores(self):
        out = self.run_quick("owner", "two-cores")
        self.assertEqual(out.count("\nSluice, "), 4, out)

    def test_storage(self):
        out = self.run_quick("durable-token", "durable-introspection")
        for server in ("Sluice, memory", "Sluice, SQLite", "Sluice, PostgreSQL"):
            self.assertEqual(out.count(f"\n{server} "), 2, out)

    def test_tls(self):
        self.assertIn("Sluice", self.run_quick("tls", "tls-handshake"))


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=1)
    failed = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
