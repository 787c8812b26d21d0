"""Test programs with one mutated file in them, and what they say.

The mutated file is compiled to an object beside the build, and the program's own link command is run with that object
ahead of the archives: so the linker takes it in place of the archive's member, and nothing that is built changes.
"""
import dataclasses
import json
import pathlib
import re
import resource
import shlex
import signal
import subprocess
import time

# The test programs that cover a folder of src/, the quickest to notice something first.
SUITES = {
    "base": ["unit_base", "unit_http", "rfc"],
    "crypto": ["unit_crypto", "unit_io", "unit_oauth", "sim"],
    "friction": ["unit_friction", "unit_friction_guard"],
    "io": ["unit_io", "unit_http", "sim"],
    "http": ["unit_http", "rfc", "sim"],
    "token": ["unit_token", "rfc", "unit_resource", "unit_oauth"],
    "storage": ["unit_storage", "storage_conformance", "unit_storage_sqlite", "unit_oauth"],
    "oauth": ["unit_oauth", "rfc", "sim"],
    "resource": ["unit_resource", "rfc", "sim"],
    "config": ["unit_config", "unit_server"],
    "metrics": ["unit_metrics", "unit_server"],
    "notes": ["unit_notes"],
    "simulate": ["unit_simulate"],
    "admin": ["unit_admin", "unit_server"],
    "server": ["unit_server", "sim"],
}
MEMORY_MAX = 12 << 30  # bytes of addresses: a mutant may allocate without an end
COMPILE_SECONDS_MAX = 600


@dataclasses.dataclass
class Normal:
    """What a program needs that is not mutated."""
    cpu_s: float
    wall_s: float

    def cpu_limit_s(self):
        return int(3 * self.cpu_s) + 1

    def wall_limit_s(self):
        """Generous: others may have the processor, and a program that hangs is rare."""
        return 10 * self.wall_s + 60


class Build:
    def __init__(self, root, directory):
        self.root, self.directory = pathlib.Path(root), pathlib.Path(directory)
        self.scratch = self.directory / "mutant"
        self.normal, self.links, self.compiles, self.headers_path = {}, {}, {}, None

    def prepare(self, programs, log):
        """Configures, builds and runs the programs as they are. Raises where one of them fails already."""
        if not (self.directory / "build.ninja").exists():
            self._command(["cmake", "-S", str(self.root), "-B", str(self.directory), "-G", "Ninja", "--log-level=WARNING",
                           "-DCMAKE_CXX_COMPILER=clang++-19", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", *self._launcher()])
        log(f"building {' '.join(programs)}")
        self._command(["ninja", "-C", str(self.directory), "-j", "1", *programs])
        self.scratch.mkdir(exist_ok=True)
        for entry in json.loads((self.directory / "compile_commands.json").read_text()):
            self.compiles[str(pathlib.Path(entry["file"]).relative_to(self.root))] = entry["command"]
        for program in programs:
            commands = self._command(["ninja", "-C", str(self.directory), "-t", "commands", program]).splitlines()
            self.links[program] = next(line for line in reversed(commands) if f" -o {program} " in line)
            outcome, self.normal[program] = self._run(self.directory / program, Normal(600, 1200))
            if outcome != "passed":
                raise SystemExit(f"{program} has {outcome} without any mutant")
            log(f"{program}: {self.normal[program].cpu_s:.1f} s of CPU")

    def try_mutant(self, path, text, programs):
        """(status, the program that told): survived, killed, timed out, or does not compile."""
        source, made = self.scratch / pathlib.Path(path).name, self.scratch / "mutant.o"
        source.write_text(text)
        if not self._compile(path, ["-include-pch", str(self._headers_of(path)), "-c", str(source), "-o", str(made)]):
            return "does not compile", ""
        for program in programs:
            self._link(program, made)
            outcome, _ = self._run(self.scratch / "program", self.normal[program])
            if outcome != "passed":
                return outcome, program
        return "survived", ""

    def _headers_of(self, path):
        """What the file includes, precompiled: no mutant changes it, and it is most of a compilation's time."""
        made = self.scratch / "headers.pch"
        if self.headers_path != path:
            text = (self.root / path).read_text()
            head = text[:max((found.end() for found in re.finditer(r"^#include .*", text, re.M)), default=0)]
            source = self.scratch / "headers.h"
            source.write_text(head + "\n")
            if not self._compile(path, ["-x", "c++-header", str(source), "-o", str(made)]):
                raise SystemExit(f"the headers of {path} do not compile")
            self.headers_path = path
        return made

    def _compile(self, path, what):
        # Warnings of a mutant are not its fault, and nobody debugs it.
        command = shlex.split(self.compiles[path].split(" -o ")[0]) + ["-w", "-O1", "-g0", *what]
        try:
            return subprocess.run(command, cwd=self.directory, capture_output=True, timeout=COMPILE_SECONDS_MAX).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def _link(self, program, made):
        command = self.links[program].replace(" -fuse-ld=lld ", f" -fuse-ld=lld -Wl,--strip-debug {shlex.quote(str(made))} ", 1)
        command = command.replace(f" -o {program} ", f" -o {shlex.quote(str(self.scratch / 'program'))} ", 1)
        self._command(["sh", "-c", command])

    def _run(self, program, normal):
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (normal.cpu_limit_s(), normal.cpu_limit_s() + 5))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        try:
            code = subprocess.run([str(program), "--gtest_brief=1", "--gtest_fail_fast"], cwd=self.scratch, preexec_fn=limit,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=normal.wall_limit_s()).returncode
        except subprocess.TimeoutExpired:
            code = None
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        ended_by_limit = code is None or code in (-signal.SIGXCPU, -signal.SIGKILL)
        outcome = "passed" if code == 0 else "timed out" if ended_by_limit else "killed"
        return outcome, Normal(cpu_s, time.monotonic() - began)

    def _launcher(self):
        has_ccache = subprocess.run(["sh", "-c", "command -v ccache"], capture_output=True).returncode == 0
        return ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if has_ccache else []

    def _command(self, command):
        done = subprocess.run(command, cwd=self.directory if self.directory.exists() else self.root, capture_output=True, text=True)
        if done.returncode != 0:
            failures = [line for line in (done.stdout + done.stderr).splitlines() if re.search("error|FAILED|undefined", line)]
            raise SystemExit(f"{shlex.join(command)[:200]} failed:\n" + "\n".join(failures[:20]))
        return done.stdout


def suites_of(path):
    """The programs for a file of src/; none where the folder has none."""
    return SUITES.get(pathlib.PurePath(path).parts[1], [])
