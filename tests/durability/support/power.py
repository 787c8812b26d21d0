"""A folder whose power can be cut: a mount of the file system in ../power_cut_fs."""

import functools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

FILE_SYSTEM = Path(__file__).resolve().parents[1] / "power_cut_fs"
PYTHON = "/usr/bin/python3"  # that Debian's python3-fusepy is for


@functools.cache
def missing() -> str | None:
    """Why no power can be cut here; None where it can."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse is not there, or not for this user"
    if not shutil.which("fusermount3"):
        return "fusermount3 is missing (Debian: fuse3)"
    if subprocess.run([PYTHON, "-c", "import fusepy"], capture_output=True).returncode != 0:
        return f"{PYTHON} has no FUSE (Debian: python3-fusepy)"
    try:
        PowerStrip().close()
    except AssertionError as error:
        return " ".join(str(error).split())
    return None


class PowerStrip:
    """`user`: whose the folder is, where the tests run as root."""

    def __init__(self, user: str | None = None):
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-power-"))
        self.backing, self.mount = self.folder / "backing", self.folder / "mount"
        for each in (self.backing, self.mount):
            each.mkdir()
        self.folder.chmod(0o755)
        if user and os.geteuid() == 0:
            shutil.chown(self.backing, user)
        self.log_path = self.folder / "power_cut_fs.log"
        self.child: subprocess.Popen | None = None
        self.plug_in()

    def plug_in(self) -> None:
        with open(self.log_path, "ab") as log:
            command = [PYTHON, str(FILE_SYSTEM), str(self.backing), str(self.mount)]
            self.child = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd="/")
        deadline = time.monotonic() + 10
        while str(self.mount) not in Path("/proc/self/mounts").read_text():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no FUSE mount: {self.log_path.read_text()[-500:]}")
            time.sleep(0.02)

    def say(self, *lines: str) -> None:
        """To the file system: see power_cut_fs."""
        control = os.open(self.mount / ".control", os.O_WRONLY)
        try:
            os.write(control, "".join(line + "\n" for line in lines).encode())
        finally:
            os.close(control)

    def cut(self, torn_seed: int | None) -> None:
        self.say("cut" if torn_seed is None else f"cut torn {torn_seed}")

    def unplug(self) -> None:
        """The kernel's cache goes with the mount, as a machine's memory does."""
        for command in (["fusermount3", "-u", str(self.mount)], ["umount", "-l", str(self.mount)]):
            if subprocess.run(command, capture_output=True, cwd="/").returncode == 0:
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
