"""The file system whose power is cut, as a disk: what a sync brings to it, and what a cut leaves."""

import errno
import os
import time
from pathlib import Path

import pytest

SECTOR = 512


@pytest.fixture
def strip(power_strip):
    return power_strip()


def write(path: Path, data: bytes, sync: bool = False, at: int = 0) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        assert os.pwrite(descriptor, data, at) == len(data)
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lose_power(strip, torn_seed: int | None = None) -> dict[str, bytes | None]:
    """What is there when it comes back; None for a folder."""
    strip.cut(torn_seed)
    strip.restore()
    return {path.name: None if path.is_dir() else path.read_bytes() for path in strip.mount.iterdir()}


def test_without_a_cut_it_is_a_file_system_like_others(strip):
    file = strip.mount / "file"
    write(file, b"a" * 1500)
    write(file, b"b" * 700, at=400)
    assert file.read_bytes() == b"a" * 400 + b"b" * 700 + b"a" * 400
    os.truncate(file, 600)
    os.truncate(file, 1200)
    assert file.read_bytes() == b"a" * 400 + b"b" * 200 + bytes(600)
    (strip.mount / "folder").mkdir()
    file.rename(strip.mount / "folder" / "moved")
    (strip.mount / "folder").rename(strip.mount / "other")
    assert (strip.mount / "other" / "moved").stat().st_size == 1200
    with pytest.raises(OSError, match="not empty"):
        (strip.mount / "other").rmdir()
    with pytest.raises(FileNotFoundError):
        file.read_bytes()
    with pytest.raises(FileNotFoundError):
        file.rename(strip.mount / "other" / "moved")
    assert (strip.mount / "other" / "moved").read_bytes() == b"a" * 400 + b"b" * 200 + bytes(600)


def test_what_was_synced_is_there_and_what_was_written_since_is_not(strip):
    file = strip.mount / "file"
    write(file, b"synced" * 300, sync=True)
    write(file, b"late" * 600)
    os.truncate(file, 2000)
    assert lose_power(strip) == {"file": b"synced" * 300}


def test_a_file_that_was_cut_off_and_not_synced_has_all_of_its_bytes_again(strip):
    file = strip.mount / "file"
    write(file, b"x" * 3000, sync=True)
    os.truncate(file, 100)
    write(file, b"y" * 50, at=1000)
    assert file.read_bytes() == b"x" * 100 + bytes(900) + b"y" * 50
    assert lose_power(strip) == {"file": b"x" * 3000}
    os.truncate(file, 100)
    write(file, b"y" * 50, sync=True, at=1000)
    assert lose_power(strip) == {"file": b"x" * 100 + bytes(900) + b"y" * 50}


def test_names_that_no_sync_followed_are_as_they_were(strip):
    for name in ("replaced", "removed", "replacing"):
        write(strip.mount / name, name.encode(), sync=True)
    (strip.mount / "old-folder").mkdir()
    sync(strip.mount)
    (strip.mount / "replacing").rename(strip.mount / "replaced")
    (strip.mount / "removed").unlink()
    (strip.mount / "old-folder").rmdir()
    (strip.mount / "new-folder").mkdir()
    write(strip.mount / "created", b"created")
    assert sorted(os.listdir(strip.mount)) == ["created", "new-folder", "replaced"]
    assert lose_power(strip) == {"replaced": b"replaced", "removed": b"removed", "replacing": b"replacing",
                                 "old-folder": None}


@pytest.mark.parametrize("by", ["its own sync", "another file's", "the folder's"])
def test_a_sync_brings_the_names_before_it(strip, by):
    for name in ("old", "other", "removed"):
        write(strip.mount / name, name.encode(), sync=True)
    write(strip.mount / "new", b"new")
    (strip.mount / "removed").unlink()
    sync(strip.mount / {"its own sync": "new", "another file's": "other", "the folder's": "."}[by])
    (strip.mount / "old").rename(strip.mount / "renamed too late")
    content = b"new" if by == "its own sync" else b""
    assert lose_power(strip) == {"old": b"old", "other": b"other", "new": content}


def test_a_cut_in_the_middle_brings_some_sectors_and_the_beginning_of_the_names(strip):
    seen_sectors, seen_names = set(), set()
    for seed in range(12):
        file = strip.mount / "file"
        write(file, b"old." * SECTOR, sync=True)
        write(file, b"new!" * SECTOR)
        for number in range(3):
            write(strip.mount / f"created {number}", b"")
        found = lose_power(strip, seed)
        content = found.pop("file")
        assert len(content) == 4 * SECTOR
        sectors = tuple(content[at : at + SECTOR] for at in range(0, len(content), SECTOR))
        assert set(sectors) <= {b"old." * 128, b"new!" * 128}, "a sector is whole"
        assert sorted(found) == [f"created {number}" for number in range(len(found))]
        seen_sectors.add(sectors)
        seen_names.add(len(found))
        for name in found:
            (strip.mount / name).unlink()
        sync(strip.mount)
    assert len(seen_sectors) > 5 and len(seen_names) > 2


def test_without_power_every_access_fails(strip):
    write(strip.mount / "file", b"there", sync=True)
    strip.cut(None)
    for access in (os.listdir, lambda mount: (mount / "file").read_bytes(), lambda mount: write(mount / "new", b"")):
        with pytest.raises(OSError) as error:
            access(strip.mount)
        assert error.value.errno == errno.EIO


def test_a_failed_sync_gives_up_what_it_was_to_bring(strip):
    file = strip.mount / "file"
    write(file, b"first", sync=True)
    strip.say("fsync EIO 1")
    with pytest.raises(OSError) as error:
        write(file, b"second", sync=True)
    assert error.value.errno == errno.EIO
    sync(file)  # succeeds, and brings nothing
    assert lose_power(strip) == {"file": b"first"}


def test_writes_fail_or_are_short_as_told_until_it_is_taken_back(strip):
    file = strip.mount / "file"
    strip.say("write ENOSPC 1")
    write(file, b"1")
    with pytest.raises(OSError) as error:
        write(file, b"2")
    assert error.value.errno == errno.ENOSPC
    strip.say("ok", "short 3")
    with open(file, "wb", buffering=0) as opened:
        assert [opened.write(b"abcdef"), opened.write(b"def")] == [3, 3]
    assert file.read_bytes() == b"abcdef"


def test_syncs_take_as_long_as_told(strip):
    strip.say("delay 200")
    began = time.monotonic()
    write(strip.mount / "file", b"1", sync=True)
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("line", ["cut torn", "fsync", "fsync ENOTHING", "short much", "explode"])
def test_a_command_that_it_does_not_know_is_refused(strip, line):
    with pytest.raises(OSError) as error:
        strip.say(line)
    assert error.value.errno == errno.EINVAL
    write(strip.mount / "file", b"1", sync=True)
