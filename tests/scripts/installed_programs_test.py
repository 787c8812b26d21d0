#!/usr/bin/env python3
"""The tests find the programs that scripts/install-dependencies brings, and no others. Ends in a line `N passed, N failed`."""
import importlib.machinery
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import installed_programs as subject


def run_tests_module():
    """scripts/run-tests, whose name is none of a module."""
    loader = importlib.machinery.SourceFileLoader("run_tests", str(ROOT / "scripts" / "run-tests"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(module)
    return module


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def program(self, path, text="#!/bin/sh\nexit 0\n"):
        place = self.folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755)
        return place


class Debian(Folder):
    """A made-up Debian: its packages, and the programs that they brought."""

    def install(self, name, programs=(), fields=""):
        info = self.folder / "var/lib/dpkg/info"
        info.mkdir(parents=True, exist_ok=True)
        (info / f"{name}.list").write_text("".join(f"{path}\n" for path in ["/.", "/usr", *programs]))
        with open(info.parent / "status", "a") as status:
            status.write(f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
                         f"Maintainer: nobody <nobody@example.com>\nDescription: {name}\n{fields}\n")
        for path in programs:
            self.program(path)

    def chosen(self, *wanted, which=lambda command: None):
        programs, strangers = subject.choose(subject.Database(self.folder), wanted, which)
        return set(programs), strangers

    def test_a_package_brings_its_programs_and_those_of_what_it_depends_on(self):
        self.install("proxy", ["/usr/sbin/proxy", "/usr/share/proxy"], "Depends: helper (>= 1), other | third\n")
        self.install("helper", ["/usr/bin/helper"], "Pre-Depends: early\n")
        self.install("early", ["/usr/bin/early"])
        self.install("third", ["/usr/bin/third"])
        self.install("stranger", ["/usr/bin/stranger"])
        self.assertEqual(self.chosen(("proxy", "-"))[0], {"proxy", "helper", "early", "third"})

    def test_what_every_debian_has_is_there_and_nothing_that_is_only_recommended(self):
        self.install("shell", ["/usr/bin/sh"], "Essential: yes\n")
        self.install("login", ["/usr/bin/login"], "Priority: required\n")
        self.install("proxy", ["/usr/bin/proxy"], "Recommends: extra\n")
        self.install("extra", ["/usr/bin/extra"])
        self.assertEqual(self.chosen(("proxy", "-"))[0], {"sh", "login", "proxy"})

    def test_a_virtual_package_is_the_one_that_every_debian_has(self):
        self.install("gawk", ["/usr/bin/gawk"], "Provides: awk\n")
        self.install("mawk", ["/usr/bin/mawk"], "Provides: awk\nPriority: required\n")
        self.install("proxy", ["/usr/bin/proxy"], "Depends: awk\n")
        self.assertEqual(self.chosen(("proxy", "-"))[0], {"mawk", "proxy"})

    def test_an_alternative_is_found_by_its_own_name_where_a_listed_package_gives_it(self):
        self.install("mawk", ["/usr/bin/mawk"], "Priority: required\n")
        self.install("editor", ["/usr/bin/nano"])
        for name, chosen in {"awk": "mawk", "pico": "nano"}.items():
            link = self.folder / "etc/alternatives" / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(f"/usr/bin/{chosen}")
            (self.folder / "usr/bin" / name).symlink_to(f"/etc/alternatives/{name}")
        self.assertEqual(self.chosen()[0], {"awk", "mawk"})

    def test_what_is_put_beside_the_packages_is_not_found(self):
        self.install("proxy", ["/usr/bin/proxy"])
        self.program("/usr/bin/by-hand")
        self.program("/usr/local/bin/proxy-tool")
        self.assertEqual(self.chosen(("proxy", "-"))[0], {"proxy"})

    def test_a_package_that_is_missing_is_named_with_what_installs_it(self):
        self.install("proxy", ["/usr/bin/proxy"])
        for wanted in (("browser", "-"), ("loader", "loader")):
            with self.assertRaisesRegex(FileNotFoundError, f"^{wanted[0]} is not installed: scripts/install-dep"):
                self.chosen(("proxy", "-"), wanted)

    def test_a_command_of_elsewhere_that_was_taken_for_a_package_is_found_and_told_of(self):
        self.install("proxy", ["/usr/bin/proxy"])
        place = str(self.program("/usr/local/bin/loader"))
        programs, strangers = self.chosen(("proxy", "-"), ("loader", "loader"), which=lambda command: place)
        self.assertEqual(programs, {"proxy", "loader"})
        self.assertEqual(strangers, {"loader": place})


@unittest.skipUnless(shutil.which("dpkg-query"), "no Debian")
class ThisMachine(Folder):
    """A suite under scripts/run-tests, on a machine with programs that nobody is told to install."""

    def setUp(self):
        super().setUp()
        self.tests = run_tests_module()
        self.tests.LOGS = self.folder
        for name in ("node", "python3", "a-tool-of-this-machine"):
            self.program(f"elsewhere/{name}", "#!/bin/sh\necho of elsewhere\n")
        elsewhere = {"PATH": f"{self.folder}/elsewhere:{os.environ['PATH']}", "PYTHONPATH": f"{self.folder}/elsewhere"}
        self.tests.ENVIRONMENT = self.tests.Part.environment = dict(os.environ) | elsewhere

    def narrow(self):
        links = self.folder / "links"
        links.mkdir()
        self.tests.narrow_path(links)

    def outcome(self, script):
        """(passed, failed, log) of a part whose suite is a shell script, as every part runs."""
        part = self.tests.Part("suite", 60, self.tests.counted("sh", "-ec", script + "\necho 1 passed, 0 failed"))
        part.execute()
        return part.passed, part.failed, (self.folder / "suite.log").read_text()

    def test_a_suite_that_needs_a_tool_of_elsewhere_passes_with_any_path_and_fails_without(self):
        for script in ("a-tool-of-this-machine", "node --version"):
            with self.subTest(script):
                self.assertEqual(self.outcome(script)[:2], (1, 0))
        self.narrow()
        for script in ("a-tool-of-this-machine", "node --version"):
            with self.subTest(script):
                passed, failed, log = self.outcome(script)
                self.assertEqual((passed, failed), (0, 1))
                self.assertIn("not found", log)

    def test_a_script_that_asks_for_python_gets_debians(self):
        script = "/usr/bin/env python3 -c 'import sys; print(sys.prefix, sys.path)'"
        self.assertIn("of elsewhere", self.outcome(script)[2])
        self.narrow()
        passed, _, log = self.outcome(script)
        self.assertEqual(passed, 1, log)
        self.assertIn("\n/usr ", log)
        self.assertNotIn("elsewhere", log)

    def test_what_the_suites_call_is_found_and_runs(self):
        self.narrow()
        for command in ("clang++-19 --version", "cmake --version", "ctest --version", "ninja --version", "npm --version",
                        "openssl version", "curl --version", "nginx -v", "redis-server --version", "taskset --version",
                        "runuser --version", "prlimit --version", "umount --version", "fusermount3 --version",
                        "readelf --version", "awk 'BEGIN {exit 0}'", "command -v wrk", "test -x /usr/bin/chromium"):
            passed, _, log = self.outcome(command)
            self.assertEqual(passed, 1, log)

    def test_programs_that_are_called_by_their_place_come_with_the_packages(self):
        """PATH hides nothing from these."""
        database = subject.Database()
        known = set(subject.choose(database, subject.needed())[0].values())
        # Ahead of a place nothing that makes it part of another one, such as $venv/bin/python.
        place = re.compile(r"(?<![\w}$.\"*])(?:/usr(?:/local)?)?/s?bin/[\w.+-]+")
        calls = {(match[0], file.relative_to(ROOT)) for file in sources() for match in place.finditer(file.read_text())}
        self.assertIn(("/usr/bin/python3", pathlib.Path("tests/blackbox/run")), calls)
        self.assertEqual([call for call in sorted(calls) if merged(call[0]) not in known], [])


def merged(path):
    return path if path.startswith("/usr/") else f"/usr{path}"


def sources():
    """Scripts, and what else starts programs."""
    for folder in ("scripts", "tests", "bench", "web"):
        for file in sorted((ROOT / folder).rglob("*")):
            inner = set(file.relative_to(ROOT).parts)
            if inner & {"node_modules", "built", "vectors", "corpus", "results", "__pycache__"} or not file.is_file():
                continue
            if file.suffix in (".py", ".mjs", ".ts", ".json", ".cc", ".h", "") and file != pathlib.Path(__file__).resolve():
                yield file


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=1)
    failed = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
