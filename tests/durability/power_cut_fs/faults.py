"""What a disk is told to do wrong."""

import errno
import time


class Faults:
    """
    fsync ERROR [COUNT]   the next COUNT syncs fail (1; -1: all), and what they were to bring to the disk is lost
    write ERROR [AFTER]   writes fail after AFTER more of them (0)
    short BYTES           the next write takes so many bytes, and says so
    delay MS              every sync takes so long
    ok                    nothing of this any more

    ERROR is a name of errno(3): EIO, ENOSPC, EDQUOT.
    """

    def __init__(self):
        self.clear()

    def clear(self) -> None:
        self._sync_error = self._write_error = 0
        self._syncs_to_fail = 0
        self._writes_left = 0
        self._short_bytes: int | None = None
        self._delay_s = 0.0

    def obey(self, words: list[str]) -> None:
        """ValueError: no such command."""
        match words:
            case ["fsync", error, *count] if len(count) < 2:
                self._sync_error = number_of(error)
                self._syncs_to_fail = int(count[0]) if count else 1
            case ["write", error, *after] if len(after) < 2:
                self._write_error = number_of(error)
                self._writes_left = int(after[0]) if after else 0
            case ["short", size]:
                self._short_bytes = int(size)
            case ["delay", milliseconds]:
                self._delay_s = int(milliseconds) / 1000
            case ["ok"]:
                self.clear()
            case _:
                raise ValueError(f"no such command: {' '.join(words)}")

    def on_write(self, data: bytes) -> bytes:
        """What of it is taken; OSError: nothing."""
        if self._write_error:
            if self._writes_left <= 0:
                raise OSError(self._write_error, "as told")
            self._writes_left -= 1
        taken = data[: self._short_bytes]
        self._short_bytes = None
        return taken

    def on_sync(self) -> None:
        """OSError: this one fails."""
        time.sleep(self._delay_s)
        if self._syncs_to_fail:
            self._syncs_to_fail -= self._syncs_to_fail > 0
            raise OSError(self._sync_error, "as told")


def number_of(error: str) -> int:
    """Of a name of errno(3)."""
    if error not in errno.errorcode.values():
        raise ValueError(f"no such error: {error}")
    return getattr(errno, error)
