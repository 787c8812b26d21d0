"""What was written to one file and has not been synced: in memory, over what the disk has."""

import os

SECTOR = 512  # bytes that reach a disk whole, or not at all


class Unsynced:
    """`size` is what programs see. What the disk has counts up to `valid`: behind it the file was cut off since."""

    def __init__(self, path: str):
        self._descriptor = os.open(path, os.O_RDWR)
        self.size = self._valid = os.fstat(self._descriptor).st_size
        self._sectors: dict[int, bytearray] = {}

    def close(self) -> None:
        os.close(self._descriptor)

    def read(self, size: int, offset: int) -> bytes:
        size = max(0, min(size, self.size - offset))
        first, end = offset // SECTOR, (offset + size + SECTOR - 1) // SECTOR
        sectors = b"".join(self._sector(number) for number in range(first, end))
        return sectors[offset - first * SECTOR :][:size]

    def write(self, data: bytes, offset: int) -> None:
        done = 0
        while done < len(data):
            number, begin = divmod(offset + done, SECTOR)
            piece = data[done : done + SECTOR - begin]
            sector = self._sectors[number] = self._sector(number)
            sector[begin : begin + len(piece)] = piece
            done += len(piece)
        self.size = max(self.size, offset + len(data))

    def truncate(self, size: int) -> None:
        self._sectors = {number: sector for number, sector in self._sectors.items() if number * SECTOR < size}
        last, begin = divmod(size, SECTOR)
        if last in self._sectors:
            self._sectors[last][begin:] = bytes(SECTOR - begin)
        self.size = size
        self._valid = min(self._valid, size)

    def sync(self) -> None:
        """All of it is on the disk."""
        os.ftruncate(self._descriptor, self._valid)
        self._store(self._sectors, self.size)

    def tear(self, dice) -> None:
        """The power fails while the kernel writes it back: each sector has come to the disk or not, and so has the size."""
        kept = {number: sector for number, sector in self._sectors.items() if dice.random() < 0.5}
        if dice.random() < 0.5:
            os.ftruncate(self._descriptor, self._valid)
            self._store(kept, self.size)
        else:
            self._store(kept, os.fstat(self._descriptor).st_size)

    def _sector(self, number: int) -> bytearray:
        if number in self._sectors:
            return self._sectors[number]
        begin = number * SECTOR
        known = os.pread(self._descriptor, max(0, min(SECTOR, self._valid - begin)), begin)
        return bytearray(known.ljust(SECTOR, b"\0"))

    def _store(self, sectors: dict[int, bytearray], size: int) -> None:
        for number, sector in sorted(sectors.items()):
            os.pwrite(self._descriptor, sector, number * SECTOR)
        os.ftruncate(self._descriptor, size)
