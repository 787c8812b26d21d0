"""The forms of a page, as a browser without script sees them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

WORDS = {
    "approve": re.compile(r"allow|approve|accept|authori[sz]e|\byes\b", re.I),
    "deny": re.compile(r"deny|cancel|decline|refuse|reject|\bno\b", re.I),
}


@dataclass
class Button:
    name: str
    value: str
    text: str = ""

    def means(self, decision: str) -> bool:
        return bool(WORDS[decision].search(f"{self.value} {self.text}"))


@dataclass
class Form:
    action: str
    method: str
    inputs: list[dict[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    @property
    def is_login(self) -> bool:
        return any(entry.get("type") == "password" for entry in self.inputs)

    @property
    def hidden(self) -> dict[str, str]:
        return {
            entry["name"]: entry.get("value", "")
            for entry in self.inputs
            if entry.get("type") == "hidden"
        }

    def filled(self, button: str | None = None, **typed: str) -> list[tuple[str, str]]:
        """What is sent: `button` is the NAME=VALUE of the one that is pressed."""
        pairs = []
        for entry in self.inputs:
            kind = entry.get("type", "text")
            if "name" not in entry or (kind in ("checkbox", "radio") and "checked" not in entry):
                continue
            default = typed.get("username", "") if kind in ("text", "email") else ""
            known = typed.get("password", "") if kind == "password" else default
            pairs.append((entry["name"], entry.get("value") or known))
        pressed = button or next(
            (f"{each.name}={each.value}" for each in self.buttons if each.name), None
        )
        if pressed and not pressed.startswith("="):
            pairs.append(tuple(pressed.split("=", 1)))
        return pairs


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._button: Button | None = None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.forms:
            self.forms[-1].inputs.append(given)
        elif tag == "button" and self.forms:
            self._button = Button(given.get("name", ""), given.get("value", ""))
            self.forms[-1].buttons.append(self._button)

    def handle_endtag(self, tag):
        if tag == "button":
            self._button = None

    def handle_data(self, data):
        if self._button is not None:
            self._button.text += data


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def forms_of(html: str) -> list[Form]:
    return _read(html).forms


def tags_of(html: str) -> list[tuple[str, dict[str, str]]]:
    return _read(html).tags
