"""The ledger client: people and programs that use the server, and write down what it acknowledged."""

import random
import re
import time
from urllib.parse import parse_qsl

import asking
from driver import Driver, Reply, Unanswered
from facts import Book, Code, Family, expiry
from oauth import Browser, Pkce

SCOPES = ["mcp:read", "mcp:read mcp:write"]
CODE_S = 600.0
CODE_FIELD = re.compile(rb"[?&]code=([^&\s]+)")


class Load:
    """What it may do is a dict of weights. `tolerated` are statuses that leave the outcome unknown."""

    WEIGHTS = {"grant": 30, "authorize": 18, "redeem": 18, "rotate": 20, "repeat": 5, "revoke": 6, "register": 4}

    def __init__(self, box, book: Book, dice: random.Random, weights: dict | None = None, tolerated=(503,)):
        self.box, self.book, self.dice = box, book, dice
        self.weights = weights or self.WEIGHTS
        self.tolerated = set(tolerated)
        self.codes: list[Code] = []
        self.families: list[Family] = []
        self.violations: list[str] = []
        self.acknowledged = 0
        self.refused_for_now = 0
        self.latencies: list[tuple[str, float]] = []
        self.cookie = ""
        self.consented: list = []

    # What has to be there before: somebody who is signed in, and consents that are remembered.

    def sign_in(self) -> None:
        browser = Browser(self.box)
        for client in asking.KNOWN.values():
            for scope in SCOPES:
                for resource in (asking.ELSEWHERE, self.box.resource):
                    self._consent(browser, client, scope, resource)
        (self.cookie,) = [f"{name}={value}" for name, value in browser.cookies.items()]
        self.book.note("session", cookie=self.cookie, user="alice")
        self.book.commit()
        self.browser = browser

    def _consent(self, browser: Browser, client, scope: str, resource: str) -> None:
        pkce = Pkce()
        request = asking.authorization(client, pkce, scope, resource, None)
        query = request.split(b" ")[1].decode().partition("?")[2]
        answer = browser.authorize(parse_qsl(query, keep_blank_values=True))
        found = CODE_FIELD.search((answer.get("Location") or "").encode())
        assert answer.status in (302, 303) and found, answer
        self.book.note("consent", user="alice", client=client.id, redirect=client.redirect, scope=scope,
                       resource=resource)
        self._note_code(found[1].decode(), client, pkce, scope, resource)

    def consent_to_a_registered_client(self) -> None:
        """One of those that are in the ledger, over the pages."""
        clients = [each for each in self.book.model.clients.values() if each not in self.consented]
        if clients:
            client = self.dice.choice(clients)
            self._consent(self.browser, client, "mcp:read", asking.ELSEWHERE)
            self.consented.append(client)
            self.book.commit()

    # The actors.

    def actors(self, count: int) -> list:
        return [self._actor() for _ in range(count)]

    def _actor(self):
        names, weights = list(self.weights), list(self.weights.values())
        while True:
            action = self.dice.choices(names, weights)[0]
            try:
                yield from getattr(self, "_" + action)()
            except Unanswered:
                pass

    def _ask(self, what: str, request: bytes, expected: tuple[int, ...]):
        """The reply; None where it was refused for now, which leaves the outcome unknown."""
        reply: Reply = yield request
        self.latencies.append((what, reply.seconds))
        if reply.status in expected:
            self.acknowledged += 1
            return reply
        if reply.status in self.tolerated:
            self.refused_for_now += 1
            self.check_refusal(what, reply)
            return None
        self.violations.append(f"{what}: {reply}")
        return None

    def check_refusal(self, what: str, reply: Reply) -> None:
        if reply.status == 503 and not (reply.field(b"retry-after") or b"").isdigit():
            self.violations.append(f"{what}: 503 without Retry-After: {reply}")
        if reply.status == 503 and what != "authorize" and not reply.error:
            self.violations.append(f"{what}: 503 that is no OAuth JSON: {reply}")

    def _take(self, items: list):
        if not items:
            return None
        index = self.dice.randrange(len(items))
        items[index], items[-1] = items[-1], items[index]
        return items.pop()

    def _grant(self):
        scope, resource = self.dice.choice(SCOPES), self.dice.choice([asking.ELSEWHERE, self.box.resource])
        client = asking.KNOWN["conf"]
        reply = yield from self._ask("grant", asking.client_credentials(client, scope, resource), (200,))
        if reply:
            given = reply.json()
            self.book.note("granted", client=client.id, scope=given["scope"], resource=resource,
                           access=given["access_token"], expires=expiry(given["expires_in"]))
            if self.dice.random() < 0.3:
                self.families.append(self.book.model.families[-1])

    def _authorize(self):
        client = self.dice.choice([*asking.KNOWN.values(), *self.consented])
        scope, resource = self.dice.choice(SCOPES), self.dice.choice([asking.ELSEWHERE, self.box.resource])
        if client in self.consented:
            scope, resource = "mcp:read", asking.ELSEWHERE
        pkce = Pkce()
        request = asking.authorization(client, pkce, scope, resource, self.cookie)
        reply = yield from self._ask("authorize", request, (302, 303))
        if not reply:
            return
        found = CODE_FIELD.search(reply.head)
        if not found:
            if b"error=temporarily_unavailable" not in reply.head:
                self.violations.append(f"authorize: no code: {reply}")
            return
        self._note_code(found[1].decode(), client, pkce, scope, resource)

    def _note_code(self, text: str, client, pkce: Pkce, scope: str, resource: str) -> None:
        self.book.note("code", code=text, client=client.id, redirect=client.redirect, verifier=pkce.verifier,
                       user="alice", scope=scope, resource=resource, expires=expiry(CODE_S))
        self.codes.append(self.book.model.codes[text])

    def _redeem(self):
        code = self._take(self.codes)
        if code is None:
            return (yield from self._authorize())
        self.book.note("asked_redeem", code=code.text)
        client = asking.owner(self.book.model, code)
        reply = yield from self._ask("redeem", asking.redemption(client, code), (200,))
        if reply:
            note_redeemed(self.book, code, reply)
            self.families.append(code.family)
        elif self.violations:
            age = time.time() - (code.expires - CODE_S)
            self.violations[-1] += f" (a code of cycle {code.cycle}, {age:.1f} s old, in cycle {self.book.model.cycle})"

    def _rotate(self):
        family = self._take(self.families)
        if family is None or family.refresh is None:
            return (yield from self._redeem())
        self.book.note("asked_rotate", old=family.refresh)
        request = asking.rotation(asking.owner(self.book.model, family), family.refresh)
        reply = yield from self._ask("rotate", request, (200,))
        if reply:
            note_rotated(self.book, family.refresh, reply)
            self.families.append(family)

    def _repeat(self):
        """An honest client that lost the answer."""
        family = self._take(self.families)
        if family is None or family.before is None:
            return (yield from self._grant())
        request = asking.rotation(asking.owner(self.book.model, family), family.before)
        reply = yield from self._ask("repeat", request, (200,))
        if reply:
            if reply.json()["refresh_token"] != family.refresh:
                self.violations.append(f"repeat: another successor than the first time: {reply}")
            self.families.append(family)

    def _revoke(self):
        family = self._take(self.families)
        if family is None:
            return (yield from self._grant())
        token = self.dice.choice([*family.access, *([family.refresh] if family.refresh else [])])
        self.book.note("asked_revoke", token=token)
        client = asking.owner(self.book.model, family)
        reply = yield from self._ask("revoke", asking.revocation(client, token), (200,))
        if reply:
            self.book.note("revoked", token=token)

    def _register(self):
        redirect = f"https://{self.dice.randrange(10**9)}.example/cb"
        request = asking.registration("A program", redirect, self.dice.random() < 0.5)
        reply = yield from self._ask("register", request, (201,))
        if reply:
            given = reply.json()
            self.book.note("client", id=given["client_id"], secret=given.get("client_secret"), redirect=redirect)

    def run(self, connections: int, seconds: float, when_over=None) -> Driver:
        driver = Driver(self.box.port, self.book)
        driver.run(self.actors(connections), seconds, when_over)
        return driver

    def forget_pools(self) -> None:
        """After a restart: everything that the ledger says is usable is taken up again."""
        model, now = self.book.model, time.time()
        self.codes = [each for each in model.codes.values() if each.state == "fresh" and each.expires > now + 30]
        self.families = [each for each in model.families[-3000:] if each.state == "live" and not each.rotating]


def note_redeemed(book: Book, code: Code, reply: Reply) -> None:
    given = reply.json()
    book.note("redeemed", code=code.text, access=given["access_token"], refresh=given.get("refresh_token"),
              scope=given["scope"], expires=expiry(given["expires_in"]))


def note_rotated(book: Book, old: str, reply: Reply) -> None:
    given = reply.json()
    book.note("rotated", old=old, access=given["access_token"], refresh=given["refresh_token"],
              expires=expiry(given["expires_in"]), at=time.time())

