"""A person in front of a browser without script: signs in and decides."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

from processes import PASSWORD

BUTTONS = {
    "approve": re.compile(r"allow|approve|accept|authori[sz]e|yes", re.I),
    "deny": re.compile(r"deny|cancel|decline|refuse|reject|\bno\b", re.I),
}
MOST_STEPS = 10


@dataclass
class Form:
    action: str
    inputs: list[dict] = field(default_factory=list)
    buttons: list[dict] = field(default_factory=list)  # name, value, text

    @property
    def is_login(self) -> bool:
        return any(entry.get("type") == "password" for entry in self.inputs)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.forms: list[Form] = []
        self._button: dict | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms:
            self.forms[-1].inputs.append(given)
        elif tag == "button" and self.forms:
            named = {name: given.get(name, "") for name in ("name", "value")}
            self._button = {**named, "text": ""}
            self.forms[-1].buttons.append(self._button)

    def handle_endtag(self, tag):
        if tag == "button":
            self._button = None

    def handle_data(self, data):
        if self._button is not None:
            self._button["text"] += data


class Person:
    def __init__(self, username: str = "alice", password: str = PASSWORD):
        self.username = username
        self.password = password
        self.browser = httpx2.AsyncClient(follow_redirects=False)

    def _fields(self, form: Form, button: dict) -> dict[str, str]:
        fields = {}
        for entry in form.inputs:
            kind = entry.get("type", "text")
            unchecked = kind in ("checkbox", "radio") and "checked" not in entry
            if not entry.get("name") or kind == "submit" or unchecked:
                continue
            known = {"password": self.password, "text": self.username, "email": self.username}
            fields[entry["name"]] = known.get(kind, entry.get("value", ""))
        if button["name"]:
            fields[button["name"]] = button["value"]
        return fields

    async def authorize(self, url: str, decision: str = "approve") -> str:
        """Returns the redirect URI that the browser is sent to, parameters included."""
        start = urlsplit(url)
        answer = await self.browser.get(url)
        signed_in = False
        for _ in range(MOST_STEPS):
            if answer.is_redirect:
                url = urljoin(url, answer.headers["location"])
                if urlsplit(url)[:2] != start[:2]:
                    return url
                answer = await self.browser.get(url)
                continue
            assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.text}"
            forms = Forms(answer.text).forms
            login = next((form for form in forms if form.is_login), None)
            if login:
                assert not signed_in, f"the password was refused: {answer.text}"
                signed_in = True
                form, button = login, login.buttons[0]
            else:
                pattern = BUTTONS[decision]
                form, button = next(
                    (form, button)
                    for form in forms
                    for button in form.buttons
                    if pattern.search(f"{button['value']} {button['text']}")
                )
            url = urljoin(url, form.action or url)
            answer = await self.browser.post(url, data=self._fields(form, button))
        raise AssertionError(f"no redirect after {MOST_STEPS} steps")
