"""Where a scenario runs: its programs, its ports, its temporary files, and the processes that it started."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from compare import Failed, wait_for_answer

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "bench" / "scenario"
BUILD = ROOT / "build" / "bench"
FIRST_PORT, LAST_PORT = 25100, 25999


class Skipped(Exception):
    """Something that a scenario compares with is not there; the text says what and why."""


class Server:
    """Processes that serve one target together, and where."""

    def __init__(self, name, port, processes):
        self.name, self.port, self.processes = name, port, processes
        self.origin = f"http://127.0.0.1:{port}"
        self.token_form = ""  # the body of a token request, for an authorization server

    @property
    def pids(self):
        return [process.pid for process in self.processes]

    def resident_bytes(self):
        """Resident memory of the processes, without their children."""
        pages = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/statm") as statm:
                pages += int(statm.read().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class Workplace:
    """Starts servers and stops them all at its end. `sluice` is the binary under test."""

    def __init__(self, sluice, downloads=True):
        self.sluice, self._downloads = sluice, downloads
        self._ports = iter(range(FIRST_PORT, LAST_PORT + 1))
        self._stack = contextlib.ExitStack()
        self._made = {}

    def __enter__(self):
        self.directory = pathlib.Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-bench-")))
        self.directory.chmod(0o755)
        return self

    def __exit__(self, *error):
        self._stack.close()

    def port(self):
        """A port that nobody listens on."""
        for port in self._ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with contextlib.suppress(OSError):
                    probe.bind(("127.0.0.1", port))
                    return port
        raise Failed(f"no port between {FIRST_PORT} and {LAST_PORT} is free")

    def once(self, name, make):
        """What `make` gives the first time that `name` is asked for."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def may_download(self, name):
        if not self._downloads:
            raise Skipped(f"{name} is not installed here, and --no-downloads was given")

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def start(self, name, port, commands, cpus="0", env=None, cwd=None):
        """Starts the commands, each on `cpus` or on its own entry of a list. They end with the workplace."""
        return Server(name, port, self.launch(port, commands, cpus, env, cwd))

    def launch(self, port, commands, cpus="0", env=None, cwd=None):
        cpus = cpus if isinstance(cpus, list) else [cpus] * len(commands)
        processes = []
        for cpu, command in zip(cpus, commands):
            log = open(self.directory / f"{port}.log", "a")
            process = subprocess.Popen(["taskset", "-c", cpu, *map(str, command)], stdout=log, stderr=log, cwd=cwd,
                                       env={**os.environ, **(env or {})}, start_new_session=True)
            log.close()
            self._stack.callback(stop, process)
            processes.append(process)
        return processes

    def log_of(self, server):
        return (self.directory / f"{server.port}.log").read_text()[-1000:]

    def ready(self, server, path="/", headers=None):
        """Waits until the server answers anything at all."""
        try:
            wait_for_answer({"url": server.origin + path, "headers": headers or {}})
        except Failed as problem:
            raise Failed(f"{server.name} did not start: {problem}\n{self.log_of(server)}") from problem
        return server

    def stop(self, server):
        for process in server.processes:
            stop(process)


def stop(process):
    """Ends a server in good order, and then whatever is left of it and of the processes that it started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def program(name):
    """The path of a program of Debian's."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        raise Skipped(f"{name} is not installed")
    return path


def compiled(source):
    """The binary of one of the benchmarks' own C++ files, made anew when the file is newer."""
    binary = BUILD / source.stem
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        BUILD.mkdir(parents=True, exist_ok=True)
        subprocess.run(["clang++-19", "-std=c++23", "-O2", "-w", str(source), "-o", str(binary), "-luring"], check=True)
    return binary


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)
