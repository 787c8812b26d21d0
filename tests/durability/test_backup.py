"""A copy that is made under load holds what was acknowledged before it began, and takes a damaged file's place."""

import random
import shutil

from engines import Sqlite
from facts import Book, Model, read_ledger
from probe import at, grants
from rig import Rig
from verify import Verification


def untouched(before: Model, after: Model) -> Model:
    """What a copy from in between has to hold, whichever moment it shows."""
    for kept in (before, after):
        kept.by_key = {next(iter(each.access)): each for each in kept.families}
    before.families = [
        each for key, each in before.by_key.items()
        if (each.state, each.access, each.rotating) == (
            after.by_key[key].state, after.by_key[key].access, after.by_key[key].rotating)
    ]
    before.codes = {text: each for text, each in before.codes.items() if each.state == after.codes[text].state}
    return before


def test_a_copy_made_under_load_holds_what_was_acknowledged_before(make_box, folder, dice, tmp_path):
    engine = Sqlite(folder)
    box = make_box(engine)
    rig = Rig(box, folder, dice)
    rig.open()
    rig.work_until(0.6, lambda: None)
    shutil.copy(folder / "ledger", tmp_path / "before")
    done = []
    timer = at(0.3, lambda: done.append(box.run("backup", str(tmp_path / "copy.db"))))
    rig.work_until(1.5, lambda: None)
    timer.join()
    assert done[0].returncode == 0, done
    box.stop()
    shutil.copy(folder / "ledger", tmp_path / "after")

    # A disk that broke: the file is damaged, and refused with what to do.
    with open(engine.path, "r+b") as file:
        file.seek(4096 + 100)
        file.write(b"damaged" * 20)
    box.spawn()
    assert box.wait(30) != 0
    assert "sluice restore" in box.log(), box.log()[-2000:]
    restored = box.run("restore", str(tmp_path / "copy.db"))
    assert restored.returncode == 0, restored
    box.start()
    book = Book(tmp_path / "ledger")
    book.model = untouched(read_ledger(tmp_path / "before"), read_ledger(tmp_path / "after"))
    assert len(book.model.families) > 50
    checked = Verification(box, book, random.Random(1), rig.load.cookie).run()
    assert checked.violations == []
    box.stop()


def test_a_copy_is_not_put_in_the_place_of_a_running_servers_file(make_box, folder, tmp_path):
    box = make_box(Sqlite(folder))
    box.start()
    assert grants(box, 1)[0].status == 200
    assert box.run("backup", str(tmp_path / "copy.db")).returncode == 0
    refused = box.run("restore", str(tmp_path / "copy.db"))
    assert refused.returncode != 0 and refused.stderr + refused.stdout
    box.stop()
    assert box.run("restore", str(tmp_path / "copy.db")).returncode == 0
