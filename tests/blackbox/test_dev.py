"""`sluice dev`: what it keeps for the next run, and its operators' page."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from http_request import encode, get, post
from oauth import authorization
from sluice import BINARY, free_port


class Dev:
    """A trial run; ends with the `with` statement."""

    def __init__(self, *words: str):
        self.port = free_port()
        command = [BINARY, "dev", "--listen", f"127.0.0.1:{self.port}", *words]
        self.child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def __enter__(self):
        self.greeting = ""
        deadline = time.monotonic() + 15
        while not re.search("kept|Nothing is kept", self.greeting.rpartition("curl")[2]):
            line = self.child.stdout.readline()
            assert line and time.monotonic() < deadline, self.greeting
            self.greeting += line
        return self

    def __exit__(self, *_) -> None:
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
        self.child.communicate(timeout=15)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()


def password_of(dev: Dev) -> str:
    return re.search(r"with password  (\S+)", dev.greeting)[1]


def registered_client(dev: Dev) -> str:
    metadata = {"client_name": "Trial", "redirect_uris": ["http://127.0.0.1:7777/cb"]}
    metadata["token_endpoint_auth_method"] = "none"
    headers = {"Content-Type": "application/json"}
    answer = post(dev.port, "/register", json.dumps(metadata), headers)
    assert answer.status == 201, answer
    return answer.json()["client_id"]


def knows(dev: Dev, client_id: str) -> bool:
    changes = {"client_id": client_id, "redirect_uri": "http://127.0.0.1:7777/cb"}
    parameters = authorization("pub", **changes)
    return get(dev.port, "/authorize?" + encode(parameters)).status == 200


def test_a_registration_is_there_in_the_next_run(tmp_path):
    file = tmp_path / "state" / "trial.db"
    with Dev("--storage", str(file)) as first:
        client_id = registered_client(first)
        assert knows(first, client_id)
        first.kill()
    with Dev("--storage", str(file)) as second:
        assert str(file) in second.greeting
        assert knows(second, client_id)
        assert password_of(second) == password_of(first), "another password ends what was granted"


def test_with_memory_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Dev("--memory") as dev:
        assert "Nothing is kept" in dev.greeting
        client_id = registered_client(dev)
    with Dev("--memory") as dev:
        assert not knows(dev, client_id)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("variable", ["XDG_STATE_HOME", "HOME"])
def test_the_usual_file_is_below_the_state_folder(tmp_path, monkeypatch, variable):
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    folder = tmp_path if variable == "XDG_STATE_HOME" else tmp_path / ".local" / "state"
    with Dev() as dev:
        assert str(folder / "sluice" / "dev.db") in dev.greeting
        assert (folder / "sluice" / "dev.db").exists()


def test_two_trial_runs_do_not_share_a_file(tmp_path):
    file = str(tmp_path / "trial.db")
    with Dev("--storage", file):
        second = subprocess.run(
            [BINARY, "dev", "--listen", f"127.0.0.1:{free_port()}", "--storage", file],
            capture_output=True,
            text=True,
            timeout=15,
        )
    assert second.returncode == 1
    assert file in second.stderr and "--storage" in second.stderr, second.stderr


def test_operators_sign_in_with_what_the_greeting_says():
    with Dev("--memory", "--user", "olga:pass word") as dev:
        address = re.search(r"http://127\.0\.0\.1:(\d+)/admin", dev.greeting)
        assert address, dev.greeting
        page = get(int(address[1]), "/admin")
        assert page.status in (200, 303), page
        assert Path(f"/proc/{dev.child.pid}").exists()
