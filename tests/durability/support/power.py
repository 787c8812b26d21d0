"""A folder whose power can be cut: what was not synced is gone, or torn. Over FUSE, by faultfs.py."""

import functools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from cluster import USER

ROOT = Path(__file__).resolve().parents[3]
PYTHON = "/usr/bin/python3"  # that Debian's python3-fusepy is for


@functools.cache
def faultfs() -> Path | None:
    """It lies in shared/tools beside the repository, or where SLUICE_SHARED_TOOLS says."""
    given = os.environ.get("SLUICE_SHARED_TOOLS")
    path = Path(given) if given else ROOT.parent / "shared" / "tools"
    return path / "faultfs.py" if (path / "faultfs.py").is_file() else None


@functools.cache
def missing() -> str | None:
    """Why no power can be cut here; None where it can."""
    if faultfs() is None:
        return "faultfs.py is neither in ../shared/tools nor in SLUICE_SHARED_TOOLS"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be used"
    if not shutil.which("fusermount3"):
        return "fusermount3 is missing (Debian: fuse3)"
    probe = subprocess.run([PYTHON, "-c", "import fuse"], capture_output=True)
    if probe.returncode != 0:
        probe = subprocess.run([PYTHON, "-c", "import fusepy"], capture_output=True)
    if probe.returncode != 0:
        return f"{PYTHON} has no FUSE (Debian: python3-fusepy)"
    try:
        PowerStrip().close()
    except AssertionError as error:
        return str(error)
    return None


class PowerStrip:
    """`user` owns the mount; nobody else may look into it."""

    def __init__(self, user: str | None = None):
        self.user = user if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-power-"))
        self.backing, self.mount = self.folder / "backing", self.folder / "mount"
        for each in (self.backing, self.mount):
            each.mkdir()
        self.folder.chmod(0o755)
        if self.user:
            for each in (self.folder, self.backing, self.mount):
                shutil.chown(each, self.user)
        self.log_path = self.folder / "faultfs.log"
        self.child: subprocess.Popen | None = None
        self.plug_in()

    def _command(self, *words: str) -> list[str]:
        return ["runuser", "-u", self.user, "--", *words] if self.user else list(words)

    def plug_in(self) -> None:
        with open(self.log_path, "ab") as log:
            command = self._command(PYTHON, str(faultfs()), str(self.backing), str(self.mount))
            self.child = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd="/")
        deadline = time.monotonic() + 10
        while str(self.mount) not in Path("/proc/self/mounts").read_text():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no FUSE mount: {self.log_path.read_text()[-500:]}")
            time.sleep(0.02)

    def say(self, *lines: str) -> None:
        """To the file system: see faultfs.py."""
        text = "".join(line + "\n" for line in lines)
        done = subprocess.run(self._command("dd", f"of={self.mount}/.ctl", "conv=notrunc", "status=none"),
                              input=text.encode(), capture_output=True, cwd="/")
        assert done.returncode == 0, done.stderr.decode()

    def cut(self, torn_seed: int | None) -> None:
        self.say("cut" if torn_seed is None else f"cut torn {torn_seed}")

    def unplug(self) -> None:
        """The kernel's cache goes with the mount, as a machine's memory does."""
        for command in (["fusermount3", "-u", str(self.mount)], ["umount", "-l", str(self.mount)]):
            if subprocess.run(self._command(*command), capture_output=True, cwd="/").returncode == 0:
                break
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def restore(self) -> None:
        """Power is back: a new mount over what reached the disk."""
        self.unplug()
        self.plug_in()

    def close(self) -> None:
        self.unplug()
        shutil.rmtree(self.folder, ignore_errors=True)


__all__ = ["PowerStrip", "USER", "missing"]
