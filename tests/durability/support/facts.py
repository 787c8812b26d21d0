"""What was acknowledged, as a file of one fact a line, and the model of the server that follows from it.

A fact counts once it is in the file and the file is synced. `asked_*` stands before a request whose effect is unknown
until the fact that answers it.
"""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

LIVE, ASKED, DEAD = "live", "asked", "dead"


@dataclass
class Client:
    id: str
    secret: str | None
    redirect: str


@dataclass
class Code:
    text: str
    client: str
    redirect: str
    verifier: str
    user: str
    scope: str
    resource: str
    expires: float
    state: str = "fresh"  # then asked, redeemed, refused
    family: "Family | None" = None
    cycle: int = 0


@dataclass
class Family:
    """The tokens of a grant. They live and die together."""

    client: str
    user: str
    scope: str
    resource: str
    access: dict[str, float] = field(default_factory=dict)  # token: when it expires
    refresh: str | None = None  # the current one
    before: str | None = None  # the one that it replaced
    replaced_at: float = 0.0
    rotating: bool = False  # asked, and not answered
    state: str = LIVE
    cycle: int = 0

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


class Model:
    """What has to be true of a server that acknowledged these facts."""

    def __init__(self):
        self.clients: dict[str, Client] = {}
        self.sessions: dict[str, str] = {}  # cookie: who
        self.consents: set[tuple] = set()
        self.codes: dict[str, Code] = {}
        self.families: list[Family] = []
        self.by_token: dict[str, Family] = {}
        self.cycle = 0

    def apply(self, fact: dict) -> None:
        getattr(self, "_" + fact["f"])(fact)

    def _cycle(self, fact):
        self.cycle = fact["number"]

    def _client(self, fact):
        self.clients[fact["id"]] = Client(fact["id"], fact["secret"], fact["redirect"])

    def _session(self, fact):
        self.sessions[fact["cookie"]] = fact["user"]

    def _consent(self, fact):
        self.consents.add((fact["user"], fact["client"], fact["redirect"], fact["scope"], fact["resource"]))

    def _code(self, fact):
        given = {name: value for name, value in fact.items() if name not in ("f", "code")}
        self.codes[fact["code"]] = Code(fact["code"], cycle=self.cycle, **given)

    def _asked_redeem(self, fact):
        self.codes[fact["code"]].state = "asked"

    def _redeemed(self, fact):
        code = self.codes[fact["code"]]
        code.state = "redeemed"
        code.family = self._family(fact, code.client, code.user, code.resource)

    def _refused_redeem(self, fact):
        self.codes[fact["code"]].state = "refused"

    def _granted(self, fact):
        """By client credentials."""
        self._family(fact, fact["client"], fact["client"], fact["resource"])

    def _family(self, fact, client, user, resource) -> Family:
        family = Family(client, user, fact["scope"], resource, cycle=self.cycle)
        self.families.append(family)
        self._add(family, fact)
        return family

    def _add(self, family: Family, fact: dict) -> None:
        family.access[fact["access"]] = fact["expires"]
        self.by_token[fact["access"]] = family
        if fact.get("refresh"):
            family.refresh = fact["refresh"]
            self.by_token[fact["refresh"]] = family

    def _asked_rotate(self, fact):
        family = self.by_token[fact["old"]]
        family.rotating, family.cycle = True, self.cycle

    def _rotated(self, fact):
        family = self.by_token[fact["old"]]
        family.before, family.replaced_at, family.rotating = fact["old"], fact["at"], False
        family.cycle = self.cycle
        self._add(family, fact)

    def _asked_revoke(self, fact):
        self._set(fact, ASKED)

    def _revoked(self, fact):
        self._set(fact, DEAD)

    def _lives(self, fact):
        """Seen after a revocation that nobody answered."""
        self._set(fact, LIVE)

    def _set(self, fact, state):
        family = self.by_token[fact["token"]]
        family.state, family.cycle = state, self.cycle


class Book:
    """The ledger: appends facts, and keeps the model that follows from them."""

    def __init__(self, path: Path):
        self.path = path
        self.model = Model()
        self.pending: list[str] = []
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.count = 0

    def note(self, what: str, **fields) -> None:
        fact = {"f": what, **fields}
        self.pending.append(json.dumps(fact))
        self.model.apply(fact)

    def commit(self) -> None:
        if self.pending:
            os.write(self.file, ("\n".join(self.pending) + "\n").encode())
            os.fdatasync(self.file)
            self.count += len(self.pending)
            self.pending.clear()

    def close(self) -> None:
        self.commit()
        os.close(self.file)


def read_ledger(path: Path) -> Model:
    model = Model()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            model.apply(json.loads(line))
    return model


def expiry(seconds: float) -> float:
    return time.time() + seconds
