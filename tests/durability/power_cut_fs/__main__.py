"""A file system whose power can be cut: what a program did not sync is gone, or torn, when it is mounted again.

usage: /usr/bin/python3 tests/durability/power_cut_fs BACKING MOUNT      (in the foreground, until it is unmounted)

kill -9 leaves the kernel's page cache as it is, so it never finds a missing fsync; and a library that is preloaded to fail
sees nothing of io_uring, which does not call libc. FUSE sees everything: what is written stays in this process, and reaches
the folder BACKING with fsync or fdatasync alone. Names (create, rename, remove) can be undone until any sync. Lines written
to MOUNT/.control command it:

    cut              the power fails: what was not synced is gone, and every access is an error (EIO) from now on
    cut torn SEED    the same in the middle of writing back: some sectors of 512 bytes, and some of the names, were in time
    fsync, write, short, delay, ok: see faults.py

Power comes back by unmounting and mounting again. Needs /dev/fuse, and Debian's fuse3 and python3-fusepy.
Not modelled: hard links and symbolic links; modes, owners and times, which are changed at once. One operation at a time.
"""

import errno
import os
import random
import sys

import fusepy
from faults import Faults
from name_journal import NameJournal
from unsynced import Unsynced

CONTROL = "/.control"
OF_CONTROL = {"st_mode": 0o100600, "st_nlink": 1, "st_size": 0}
ATTRIBUTES = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_atime", "st_mtime", "st_ctime")
SPACE = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag", "f_frsize", "f_namemax")
# What the kernel asks when it lets go of a mount.
WITHOUT_POWER = {"init", "destroy", "getattr", "flush", "release", "releasedir"}


class PowerCutFileSystem(fusepy.Operations):
    """An OSError that leaves a method is what the program gets."""

    def __init__(self, backing: str):
        self._backing = backing
        self._has_power = True
        self._unsynced: dict[str, Unsynced] = {}
        self._names = NameJournal(f"{backing}.removed")
        self._faults = Faults()

    def __call__(self, operation, *arguments):
        if not self._has_power and operation not in WITHOUT_POWER:
            raise OSError(errno.EIO, "no power")
        return super().__call__(operation, *arguments)

    def _command(self, line: str) -> None:
        words = line.split()
        if words == ["cut"]:
            self._cut(None)
        elif words[:2] == ["cut", "torn"] and len(words) == 3:
            self._cut(random.Random(int(words[2])))
        else:
            self._faults.obey(words)

    def _cut(self, dice: random.Random | None) -> None:
        for file in self._unsynced.values():
            if dice:
                file.tear(dice)
            file.close()
        self._unsynced.clear()
        self._names.cut(dice)
        self._has_power = False

    def _at(self, path: str) -> str:
        return self._backing + path

    def _open(self, path: str) -> Unsynced:
        if path not in self._unsynced:
            self._unsynced[path] = Unsynced(self._at(path))
        return self._unsynced[path]

    def _forget(self, path: str) -> None:
        if path in self._unsynced:
            self._unsynced.pop(path).close()

    # ---- names

    def create(self, path, mode, fi=None):
        self._names.create(self._at(path), mode)
        self._hand_over(path)
        return 0

    def unlink(self, path):
        self._names.unlink(self._at(path))
        self._forget(path)

    def mkdir(self, path, mode):
        self._names.mkdir(self._at(path), mode)
        self._hand_over(path)

    def _hand_over(self, path):
        """To whom asked for it."""
        if os.geteuid() == 0:
            uid, gid, _ = fusepy.fuse_get_context()
            os.chown(self._at(path), uid, gid)

    def rmdir(self, path):
        self._names.rmdir(self._at(path))

    def rename(self, old, new):
        self._names.rename(self._at(old), self._at(new))
        self._forget(new)
        for path in [path for path in self._unsynced if path == old or path.startswith(f"{old}/")]:
            self._unsynced[new + path.removeprefix(old)] = self._unsynced.pop(path)

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self._at(path))]

    # ---- attributes

    def getattr(self, path, fh=None):
        if path == CONTROL:
            return OF_CONTROL | {"st_uid": os.getuid(), "st_gid": os.getgid()}
        found = os.lstat(self._at(path))
        attributes = {name: getattr(found, name) for name in ATTRIBUTES}
        if path in self._unsynced:
            attributes["st_size"] = self._unsynced[path].size
        return attributes

    def statfs(self, path):
        found = os.statvfs(self._backing)
        return {name: getattr(found, name) for name in SPACE}

    def chmod(self, path, mode):
        os.chmod(self._at(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self._at(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self._at(path), times)

    # ---- content

    def open(self, path, flags):
        if path != CONTROL:
            os.lstat(self._at(path))
            if flags & os.O_TRUNC:
                self.truncate(path, 0)
        return 0

    def truncate(self, path, length, fh=None):
        if path != CONTROL:
            self._open(path).truncate(length)

    def read(self, path, size, offset, fh):
        if path in self._unsynced:
            return self._unsynced[path].read(size, offset)
        with open(self._at(path), "rb", buffering=0) as file:
            return os.pread(file.fileno(), size, offset)

    def write(self, path, data, offset, fh):
        if path == CONTROL:
            try:
                for line in data.decode().splitlines():
                    self._command(line)
            except ValueError as error:
                print(error, file=sys.stderr, flush=True)
                raise OSError(errno.EINVAL, str(error)) from error
            return len(data)
        taken = self._faults.on_write(data)
        self._open(path).write(taken, offset)
        return len(taken)

    def fsync(self, path, datasync, fh):
        try:
            self._faults.on_sync()
            if path in self._unsynced:
                self._unsynced[path].sync()
        finally:
            self._forget(path)  # as Linux does: what could not be written back is given up
        self._names.sync()

    def fsyncdir(self, path, datasync, fh):
        self._faults.on_sync()
        self._names.sync()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    # Root mounts it for the users of its machine, as other file systems; everybody else for himself.
    for_all = {"allow_other": True, "default_permissions": True} if os.geteuid() == 0 else {}
    try:
        fusepy.FUSE(PowerCutFileSystem(os.path.abspath(sys.argv[1])), sys.argv[2], foreground=True, nothreads=True,
                    attr_timeout=0, entry_timeout=0, **for_all)
    except RuntimeError:
        sys.exit(1)  # libfuse has said why
