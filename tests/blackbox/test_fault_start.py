"""What is missing at the start is named in one line, and the exit status is 1."""

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sluice import BINARY, HERE, SANITIZED, SECRETS, configuration, free_port

IO_URING_SETUP, IO_URING_REGISTER = 425, 427  # alike on x86-64 and arm64
REFUSE = str(HERE / "support" / "refuse_system_call.py")


@pytest.fixture
def config(tmp_path) -> Path:
    file = tmp_path / "sluice.toml"
    file.write_text(configuration(free_port(), "http://127.0.0.1:9/mcp"))
    return file


def start(*arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    return subprocess.run([*prefix, BINARY, *arguments], capture_output=True, text=True, timeout=15)


def check_fails(ended: subprocess.CompletedProcess, *words: str) -> None:
    message = ended.stderr + ended.stdout
    assert ended.returncode == 1, ended
    for word in words:
        assert word in message, message
    assert "Sanitizer" not in message and "terminate called" not in message, message
    assert SECRETS.findall(message) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errno.EPERM, ["io_uring", "seccomp"]),
        (errno.EACCES, ["io_uring"]),
        (errno.ENOSYS, ["io_uring", "6.1"]),
        (errno.EINVAL, ["io_uring", "6.1"]),
        (errno.ENOMEM, ["io_uring", "MEMLOCK"]),
        (errno.EMFILE, ["io_uring", "NOFILE"]),
    ],
)
def test_a_ring_that_is_refused_is_explained(config, error, words):
    prefix = (sys.executable, REFUSE, str(IO_URING_SETUP), str(error))
    check_fails(start("serve", "--config", str(config), prefix=prefix), *words)


def test_a_ring_that_may_not_register_is_explained(config):
    prefix = (sys.executable, REFUSE, str(IO_URING_REGISTER), str(errno.EPERM))
    check_fails(start("serve", "--config", str(config), prefix=prefix), "io_uring")


@pytest.mark.skipif(SANITIZED, reason="the sanitizer needs descriptors for itself")
def test_too_few_descriptors_for_a_ring_are_explained(config):
    prefix = ("prlimit", "--nofile=6:6")
    check_fails(start("serve", "--config", str(config), prefix=prefix), "NOFILE")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody whom the limit binds")
def test_little_lockable_memory_is_enough_or_explained(config):
    # That somebody can read neither root's folders nor a checkout below them: give them copies.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        binary, settings = folder / "sluice", folder / "sluice.toml"
        shutil.copy(BINARY, binary)
        shutil.copy(config, settings)
        settings.chmod(0o644)
        run_without_lockable_memory(binary, settings)


def run_without_lockable_memory(binary: Path, settings: Path) -> None:
    command = [
        "setpriv",
        "--reuid=65534",
        "--clear-groups",
        "prlimit",
        "--memlock=0:0",
        str(binary),
        "serve",
        "--config",
        str(settings),
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        _, message = child.communicate(timeout=2)
        assert child.returncode == 1 and "MEMLOCK" in message, message
    except subprocess.TimeoutExpired:
        child.terminate()
        _, message = child.communicate(timeout=10)
        assert child.returncode == 0, message


def test_a_port_in_use_is_named(config, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        config.write_text(configuration(port, "http://127.0.0.1:9/mcp"))
        check_fails(start("serve", "--config", str(config)), str(port), "in use")


def test_an_address_of_another_machine_is_named(config):
    text = config.read_text().replace('listen = ["127.0.0.1:', 'listen = ["192.0.2.1:')
    config.write_text(text)
    check_fails(start("serve", "--config", str(config)), "192.0.2.1")


def test_a_file_that_is_missing_or_none_is_named(tmp_path):
    for path in (tmp_path / "missing.toml", tmp_path):
        check_fails(start("serve", "--config", str(path)), str(path))


def test_every_problem_of_a_file_is_told_at_once(config):
    text = config.read_text()
    text = text.replace('format = "json"', 'format = "xml"').replace("cores = 2", "cores = -1")
    text = text.replace('verify = "local"', 'verify = "never"', 1).replace(
        "[log]", "[log]\nnonsense = 1"
    )
    config.write_text(text)
    for command in (("serve", "--config", str(config)), ("check-config", str(config))):
        check_fails(start(*command), "log.format", "server.cores", "verify", "nonsense")


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "a = ",
        "\x00",
        "[server]\nlisten = 1",
        "[server]\n[server]",
        "[[server]]",
        "\xff",
        "=" * 100_000,
    ],
)
def test_a_broken_file_is_refused(config, text):
    config.write_bytes(text.encode("latin-1"))
    check_fails(start("serve", "--config", str(config)), str(config))


def test_a_secret_in_a_broken_line_is_not_repeated(config):
    config.write_text(
        config.read_text().replace('auth_method = "client_secret_basic"', "auth_method = 7")
    )
    check_fails(start("serve", "--config", str(config)), "auth_method")
    config.write_text('[[auth.client]]\nclient_secret = "canary-short"\nclient_id = 5\n')
    check_fails(start("serve", "--config", str(config)))


@pytest.mark.parametrize(
    "arguments", [(), ("serve",), ("nonsense",), ("serve", "--nonsense"), ("check-config",)]
)
def test_a_wrong_command_line_is_explained(arguments):
    ended = start(*arguments)
    assert ended.returncode not in (0, -6, -11), ended
    assert ended.stderr + ended.stdout
