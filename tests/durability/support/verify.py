"""Asks a server about everything in a ledger: what was acknowledged is there, and nothing revoked lives.

What the questions themselves change is noted in the ledger, so that the next verification expects it.
"""

import random
import time
from collections import Counter

import asking
from driver import Driver, Reply, Unanswered
from facts import ASKED, DEAD, LIVE, Book, Code, Family
from load import CODE_FIELD, note_redeemed, note_rotated
from oauth import Pkce

SLACK_S = 10.0
CONNECTIONS = 24


class Verification:
    """`violations` says what is not as it has to be; `checks` how often something was asked."""

    def __init__(self, box, book: Book, dice: random.Random, cookie: str = ""):
        self.box, self.book, self.dice, self.cookie = box, book, dice, cookie
        self.model = book.model
        self.violations: list[str] = []
        self.checks = Counter()

    def wrong(self, what: str) -> None:
        self.violations.append(what)

    def run(self, since_cycle: int | None = None, older: int = 200, mutate: bool = True) -> "Verification":
        """`since_cycle`: what changed from that cycle on, and a sample of `older` things from before; None: all."""
        families = self._chosen(self.model.families, since_cycle, older)
        codes = [each for each in self.model.codes.values() if each.expires > time.time() + 60]
        self._all([self._family(each) for each in families])
        self._all([self._client(each) for each in self._some(self.model.clients.values(), since_cycle, older)])
        self._all([self._session(each) for each in self.model.sessions])
        self._all([self._consent(each) for each in self.model.consents if self.cookie])
        self._all([self._unanswered_redemption(each) for each in codes if each.state == "asked"])
        self._all([self._unanswered_rotation(each) for each in families if each.rotating and each.state == LIVE])
        if mutate:
            self._mutate(families, codes)
        return self

    def _mutate(self, families: list[Family], codes: list[Code]) -> None:
        fresh = [each for each in codes if each.state == "fresh"]
        used = [each for each in codes if each.state == "redeemed" and each.family.state != ASKED]
        living = [each for each in families if each.state == LIVE and each.refresh and not each.rotating]
        repeated = [each for each in living if each.before]
        self._all([self._fresh_code(each) for each in self._sample(fresh, 60)])
        self._all([self._repeated_rotation(each) for each in self._sample(repeated, 150)])
        self._all([self._next_rotation(each) for each in self._sample(living, 100)])
        self._all([self._used_code(each) for each in self._sample(used, 60)])

    def _sample(self, items: list, count: int) -> list:
        return self.dice.sample(items, min(count, len(items)))

    def _chosen(self, families: list[Family], since: int | None, older: int) -> list[Family]:
        if since is None:
            return list(families)
        recent = [each for each in families if each.cycle >= since]
        return recent + self._sample([each for each in families if each.cycle < since], older)

    def _some(self, clients, since: int | None, older: int) -> list:
        return list(clients) if since is None else self._sample(list(clients), older)

    def _all(self, questions: list) -> None:
        """Each question is an actor; a few connections work through them."""
        waiting = list(reversed(questions))

        def work():
            while waiting:
                question = waiting.pop()
                try:
                    yield from question
                except Unanswered:
                    self.wrong(f"no answer to {question.__name__}")

        Driver(self.box.port, self.book).run([work() for _ in range(min(CONNECTIONS, len(questions)))])

    # Questions that change nothing.

    def _family(self, family: Family):
        seen = []
        for token, expires in family.access.items():
            if expires > time.time() + SLACK_S:
                reply: Reply = yield asking.introspection(token)
                seen.append(self._introspected(family, token, expires, reply))
        if family.state == DEAD and family.refresh:
            self.checks["revoked refresh token refused"] += 1
            reply = yield asking.rotation(asking.owner(self.model, family), family.refresh)
            if reply.status != 400 or reply.error != "invalid_grant":
                self.wrong(f"a revoked refresh token is taken: {reply}")
        if family.state == ASKED and seen and None not in seen:
            if len(set(seen)) > 1:
                self.wrong("a revocation that nobody answered has ended some tokens of the grant, and not others")
            elif seen[0]:
                self.book.note("lives", token=next(iter(family.access)))
            else:
                self.book.note("revoked", token=next(iter(family.access)))

    def _introspected(self, family: Family, token: str, expires: float, reply: Reply) -> bool | None:
        self.checks["token introspected"] += 1
        if reply.status != 200:
            self.wrong(f"introspection: {reply}")
            return None
        given = reply.json()
        if family.state == DEAD and given["active"]:
            self.wrong(f"a revoked token lives: {given}")
        if family.state == LIVE and not given["active"]:
            self.wrong(f"an acknowledged token is dead: {token[:12]} of {family.client}, cycle {family.cycle}")
        if given["active"]:
            self._claims(family, expires, given)
        return given["active"]

    def _claims(self, family: Family, expires: float, given: dict) -> None:
        expected = {"client_id": family.client, "sub": family.user, "aud": family.resource}
        for name, value in expected.items():
            if given.get(name) != value:
                self.wrong(f"{name} is {given.get(name)!r} and not {value!r}")
        if set(given["scope"].split()) != set(family.scope.split()):
            self.wrong(f"scope is {given['scope']!r} and not {family.scope!r}")
        if abs(given["exp"] - expires) > SLACK_S:
            self.wrong(f"exp is {given['exp']} and not {expires:.0f}")

    def _client(self, client):
        self.checks["client known"] += 1
        reply = yield asking.authorization(client, Pkce(), "mcp:read", asking.ELSEWHERE, None)
        if reply.status not in (200, 302, 303):
            self.wrong(f"a registered client is unknown at /authorize: {reply.status}")
        reply = yield asking.rotation(client, "srt_" + "A" * 43)
        if reply.error != "invalid_grant":
            self.wrong(f"a registered client is unknown at /token: {reply}")

    def _session(self, cookie: str):
        self.checks["session known"] += 1
        reply = yield asking.authorization(asking.KNOWN["pub"], Pkce(), "mcp:read", asking.ELSEWHERE, cookie)
        if reply.status not in (302, 303) or not CODE_FIELD.search(reply.head):
            self.wrong(f"a session has ended: {reply}")

    def _consent(self, consent: tuple):
        user, client_id, _, scope, resource = consent
        client = asking.KNOWN.get(client_id) or self.model.clients[client_id]
        self.checks["consent remembered"] += 1
        reply = yield asking.authorization(client, Pkce(), scope, resource, self.cookie)
        if reply.status not in (302, 303) or not CODE_FIELD.search(reply.head):
            self.wrong(f"a consent of {user} is forgotten: {reply}")

    # Questions that settle what was unknown.

    def _unanswered_redemption(self, code: Code):
        self.checks["unanswered redemption settled"] += 1
        reply = yield asking.redemption(asking.owner(self.model, code), code)
        if reply.status == 200:
            note_redeemed(self.book, code, reply)
        elif reply.error == "invalid_grant":
            self.book.note("refused_redeem", code=code.text)
        else:
            self.wrong(f"a code that may have been redeemed: {reply}")

    def _unanswered_rotation(self, family: Family):
        """A repeat of the honest client: whether or not the first time happened, it gets a successor."""
        self.checks["unanswered rotation settled"] += 1
        old = family.refresh
        reply = yield asking.rotation(asking.owner(self.model, family), old)
        if reply.status != 200:
            return self.wrong(f"a rotation that nobody answered cannot be repeated: {reply}")
        note_rotated(self.book, old, reply)

    # Questions that change something.

    def _fresh_code(self, code: Code):
        self.checks["unused code redeemed"] += 1
        self.book.note("asked_redeem", code=code.text)
        client = asking.owner(self.model, code)
        reply = yield asking.redemption(client, code)
        if reply.status != 200:
            return self.wrong(f"an acknowledged code is refused: {reply}")
        note_redeemed(self.book, code, reply)

    def _repeated_rotation(self, family: Family):
        self.checks["rotation repeated"] += 1
        reply = yield asking.rotation(asking.owner(self.model, family), family.before)
        if reply.status != 200 or reply.json()["refresh_token"] != family.refresh:
            self.wrong(f"a repeated rotation gets another successor: {reply}")

    def _next_rotation(self, family: Family):
        self.checks["current refresh token rotated"] += 1
        old = family.refresh
        self.book.note("asked_rotate", old=old)
        reply = yield asking.rotation(asking.owner(self.model, family), old)
        if reply.status != 200:
            return self.wrong(f"the current refresh token is refused: {reply}")
        note_rotated(self.book, old, reply)

    def _used_code(self, code: Code):
        """Refused, and what it had brought ends."""
        self.checks["used code refused"] += 1
        token = next(iter(code.family.access))
        if code.family.state == LIVE:
            self.book.note("asked_revoke", token=token)
        reply = yield asking.redemption(asking.owner(self.model, code), code)
        if reply.status != 400 or reply.error != "invalid_grant":
            return self.wrong(f"a code that was redeemed is taken again: {reply}")
        reply = yield asking.introspection(token)
        if reply.status != 200 or reply.json()["active"]:
            self.wrong(f"a token lives whose code was used twice: {reply}")
        self.book.note("revoked", token=token)
