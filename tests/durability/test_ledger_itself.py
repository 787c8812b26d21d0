"""The proof of the proof: an honest server passes the verification, and a ledger that claims more does not."""

import json
import random

import pytest

from engines import Memory
from facts import Book, read_ledger
from rig import Rig
from verify import Verification


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A box in memory that has worked, and is still the same process."""
    from box import Box

    folder = tmp_path_factory.mktemp("ledger")
    box = Box(folder, Memory(folder).storage())
    rig = Rig(box, folder, random.Random(7))
    rig.open()
    rig.load.weights = rig.load.WEIGHTS | {"register": 10, "revoke": 15}
    rig.work_until(1.5, lambda: None)
    rig.load.consent_to_a_registered_client()
    yield rig
    rig.book.close()
    box.kill()


def verification(rig, tmp_path, change) -> list[str]:
    """What is found when the ledger is changed by change(facts)."""
    facts = [json.loads(line) for line in rig.book.path.read_text().splitlines()]
    change(facts)
    path = tmp_path / "doctored"
    path.write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    book = Book(path)
    book.model = read_ledger(path)
    checked = Verification(rig.box, book, random.Random(1), rig.load.cookie).run(mutate=False)
    assert sum(checked.checks.values()) > 100
    return checked.violations


def index(facts: list[dict], what: str) -> int:
    return next(number for number, fact in enumerate(facts) if fact["f"] == what)


def test_the_model_that_is_read_is_the_one_that_was_written(worked):
    worked.book.commit()
    read, kept = read_ledger(worked.book.path), worked.book.model
    assert len(read.families) == len(kept.families) > 50
    assert [each.state for each in read.families] == [each.state for each in kept.families]
    assert [each.access for each in read.families] == [each.access for each in kept.families]
    assert read.clients == kept.clients and read.sessions == kept.sessions and read.consents == kept.consents
    assert {text: code.state for text, code in read.codes.items()} == {
        text: code.state for text, code in kept.codes.items()
    }


def test_an_honest_server_passes(worked, tmp_path):
    assert verification(worked, tmp_path, lambda facts: None) == []


def test_a_lost_token_is_found(worked, tmp_path):
    def lose(facts):
        named = {fact.get("token") for fact in facts}
        lost = next(fact for fact in facts if fact["f"] == "granted" and fact["access"] not in named)
        lost["access"] = "sat_" + "A" * 47

    assert any("token is dead" in each for each in verification(worked, tmp_path, lose))


def test_a_lost_revocation_is_found(worked, tmp_path):
    def claim(facts):
        revoked = {fact["token"] for fact in facts if fact["f"] == "revoked"}
        model = read_ledger(worked.book.path)
        alive = next(each for each in model.families if each.state == "live")
        assert not revoked & alive.access.keys()
        facts.append({"f": "revoked", "token": next(iter(alive.access))})

    assert any("revoked token lives" in each for each in verification(worked, tmp_path, claim))


def test_a_revocation_that_took_back_itself_is_found(worked, tmp_path):
    def deny(facts):
        while any(fact["f"] == "revoked" for fact in facts):
            del facts[index(facts, "revoked")]
        while any(fact["f"] == "asked_revoke" for fact in facts):
            del facts[index(facts, "asked_revoke")]

    assert any("token is dead" in each for each in verification(worked, tmp_path, deny))


@pytest.mark.parametrize(
    ("what", "name", "value", "expected"),
    [
        ("granted", "client", "pub", "client_id is"),
        ("granted", "scope", "mcp:other", "scope is"),
        ("granted", "expires", 4_000_000_000, "exp is"),
        ("code", "user", "bob", "sub is"),
        ("code", "resource", "http://elsewhere.example", "aud is"),
        ("client", "id", "client_" + "A" * 43, "unknown at /authorize"),
        ("client", "secret", "secret_" + "A" * 43, "unknown at /token"),
        ("session", "cookie", "sluice_session=sse_" + "A" * 47, "session has ended"),
        ("consent", "client", "conf", None),
    ],
)
def test_what_is_not_as_the_ledger_says_is_found(worked, tmp_path, what, name, value, expected):
    def change(facts):
        redeemed = {fact["code"] for fact in facts if fact["f"] == "redeemed"}
        chosen = [fact for fact in facts if fact["f"] == what and fact.get("code", "") in redeemed | {""}]
        if (what, name) == ("client", "secret"):
            chosen = [fact for fact in chosen if fact["secret"]]
        for fact in chosen if what in ("granted", "code") else chosen[:1]:  # most of their tokens are revoked
            fact[name] = value

    found = verification(worked, tmp_path, change)
    if expected is None:  # the same fact twice: no claim that is wrong
        assert found == []
    else:
        assert any(expected in each for each in found), found


def test_a_server_that_forgot_everything_is_found(worked, tmp_path, make_box, folder):
    """The positive control of every restart: memory keeps nothing."""
    box = make_box(Memory(folder))
    box.start()
    book = Book(tmp_path / "ledger")
    book.model = read_ledger(worked.book.path)
    checked = Verification(box, book, random.Random(1), worked.load.cookie).run(mutate=False)
    kinds = ["token is dead", "unknown at /authorize", "session has ended", "consent of alice is forgotten"]
    assert [kind for kind in kinds if not any(kind in each for each in checked.violations)] == []


def test_a_box_that_is_killed_in_the_middle_leaves_a_ledger_of_what_it_said(worked, make_box, folder):
    box = make_box(Memory(folder))
    rig = Rig(box, folder, random.Random(9))
    rig.open()
    rig.work_until(0.4, box.kill)
    assert rig.answered > 50
    assert not box.alive()
    assert read_ledger(rig.book.path).cycle == 1
