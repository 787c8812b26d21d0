"""Which files and folders there are: what changed since the last sync may not have happened when the power comes back.

As on a file system with one journal (ext4, XFS): changes come to the disk in their order, and any sync brings all of them.
"""

import os
import stat


class NameJournal:
    """Does what is asked on the disk, and keeps how to undo it. `removed` is a folder of its own for what may come back."""

    def __init__(self, removed: str):
        self._removed = removed
        self._undo: list[list[tuple]] = []  # for each change the calls that undo it, in their order
        self._buried: list[str] = []
        self._count = 0
        os.makedirs(removed, exist_ok=True)
        for name in os.listdir(removed):
            os.unlink(os.path.join(removed, name))

    def create(self, path: str, mode: int) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode))
        self._undo.append([(os.unlink, path)])

    def unlink(self, path: str) -> None:
        self._undo.append([(os.rename, self._bury(path), path)])

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(path, mode)
        self._undo.append([(os.rmdir, path)])

    def rmdir(self, path: str) -> None:
        mode = stat.S_IMODE(os.lstat(path).st_mode)
        os.rmdir(path)
        self._undo.append([(os.mkdir, path, mode)])

    def rename(self, old: str, new: str) -> None:
        os.lstat(old)  # what is not there replaces nothing
        back = [(os.rename, new, old)]
        if os.path.isdir(new):
            back.append((os.mkdir, new, stat.S_IMODE(os.lstat(new).st_mode)))
        elif os.path.lexists(new):
            back.append((os.rename, self._bury(new), new))
        os.rename(old, new)
        self._undo.append(back)

    def sync(self) -> None:
        """All that happened so far is on the disk."""
        self._undo.clear()
        for path in self._buried:
            os.unlink(path)
        self._buried.clear()

    def cut(self, dice=None) -> None:
        """What was not synced did not happen; with `dice` its beginning did."""
        kept = dice.randrange(len(self._undo) + 1) if dice else 0
        for calls in reversed(self._undo[kept:]):
            for call, *arguments in calls:
                call(*arguments)
        self._undo.clear()

    def _bury(self, path: str) -> str:
        self._count += 1
        to = os.path.join(self._removed, str(self._count))
        os.rename(path, to)
        self._buried.append(to)
        return to
