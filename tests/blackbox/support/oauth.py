"""The flows of OAuth 2.1 as an honest application and an honest person walk them."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qsl, urljoin, urlsplit

from http_request import Pairs, basic, encode, get, post_form
from pages import Form, forms_of
from sluice import CONF_SECRET, PASSWORD, POST_SECRET, RS_SECRET, Sluice
from wire import Answer

REDIRECTS = {
    "pub": "http://127.0.0.1:7777/cb",
    "pub2": "http://127.0.0.1:7778/cb",
    "narrow": "http://127.0.0.1:7779/cb",
    "conf": "https://app.example/cb",
    "conf-post": "https://post.example/cb",
}
CREDENTIALS = {"conf": CONF_SECRET, "conf-post": POST_SECRET, "rs": RS_SECRET}


@dataclass
class Pkce:
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        digest = sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorization(client_id: str = "pub", /, **changes: str | None) -> dict[str, str]:
    """The parameters of a proper request; None leaves one out."""
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": REDIRECTS.get(client_id, ""),
        "code_challenge": Pkce("a" * 64).challenge,
        "code_challenge_method": "S256",
        "state": "state-0",
        "scope": "mcp:read",
    } | changes
    return {name: value for name, value in parameters.items() if value is not None}


def parameters_of(location: str) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(location).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs), f"a parameter stands twice in {location}"
    return dict(pairs)


class Browser:
    """Keeps cookies; follows nothing by itself."""

    def __init__(self, sluice: Sluice, source: str | None = None, username: str = "alice"):
        self.sluice = sluice
        self.source = source
        self.username = username
        self.cookies: dict[str, str] = {}

    def _headers(self) -> dict[str, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": kept} if kept else {}

    def _keep(self, answer: Answer) -> Answer:
        for cookie in answer.all("Set-Cookie"):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
            if "max-age=0" in cookie.lower():
                del self.cookies[name.strip()]
        return answer

    def get(self, target: str) -> Answer:
        return self._keep(get(self.sluice.port, target, self._headers(), self.source))

    def post(self, target: str, pairs: Pairs, headers: dict[str, str] | None = None) -> Answer:
        given = self._headers() | {"Origin": self.sluice.origin} | (headers or {})
        return self._keep(post_form(self.sluice.port, target, pairs, given, self.source))

    def submit(
        self, page_target: str, form: Form, button: str | None = None, **typed: str
    ) -> Answer:
        """Sends a form as a browser does; `typed` fills inputs by their type or name."""
        assert form.method == "post", form
        target = urljoin(self.sluice.origin + page_target, form.action or page_target)
        assert target.startswith(self.sluice.origin), f"the form goes elsewhere: {target}"
        return self.post(target[len(self.sluice.origin) :], form.filled(button, **typed))

    def open_consent(self, pairs: Pairs, password: str = PASSWORD) -> tuple[str, Answer]:
        """The consent page of an authorization request, signing in where that is asked for."""
        target = "/authorize?" + encode(pairs)
        answer = self.get(target)
        for _ in range(4):
            if answer.status in (302, 303) and answer.get("Location").startswith(
                self.sluice.origin
            ):
                target = answer.get("Location")[len(self.sluice.origin) :]
                answer = self.get(target)
            elif answer.status in (302, 303) and answer.get("Location").startswith("/"):
                target = answer.get("Location")
                answer = self.get(target)
            elif answer.status == 200 and any(form.is_login for form in forms_of(answer.text)):
                form = next(form for form in forms_of(answer.text) if form.is_login)
                answer = self.submit(target, form, username=self.username, password=password)
            else:
                break
        return target, answer

    def authorize(self, pairs: Pairs, decision: str = "approve") -> Answer:
        """The answer that sends the browser back to the application."""
        target, page = self.open_consent(pairs)
        if page.status != 200:
            return page
        form, button = decision_button(page, decision)
        return self.submit(target, form, button)


def decision_button(page: Answer, decision: str) -> tuple[Form, str]:
    for form in forms_of(page.text):
        for button in form.buttons:
            if button.means(decision):
                return form, button.name + "=" + button.value
    raise AssertionError(f"no button to {decision} on {page.text}")


@dataclass
class Code:
    text: str
    client_id: str
    redirect_uri: str
    verifier: str

    def redemption(self, **changes: str | None) -> dict[str, str]:
        pairs = {
            "grant_type": "authorization_code",
            "code": self.text,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            "client_id": self.client_id,
        } | changes
        return {name: value for name, value in pairs.items() if value is not None}


def obtain_code(browser: Browser, client_id: str = "pub", /, **changes: str | None) -> Code:
    pkce = Pkce()
    asked = authorization(client_id, code_challenge=pkce.challenge, **changes)
    answer = browser.authorize(asked)
    assert answer.status in (302, 303), answer
    given = parameters_of(answer.get("Location"))
    assert "code" in given, answer
    return Code(given["code"], client_id, asked["redirect_uri"], pkce.verifier)


def token_request(sluice: Sluice, pairs: Pairs, headers: dict[str, str] | None = None) -> Answer:
    return post_form(sluice.port, "/token", pairs, headers)


def as_client(client_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """(parameters, headers) by which that client authenticates."""
    if client_id == "conf-post":
        return {"client_id": client_id, "client_secret": POST_SECRET}, {}
    if client_id in CREDENTIALS:
        return {}, {"Authorization": basic(client_id, CREDENTIALS[client_id])}
    return {"client_id": client_id}, {}


def redeem(sluice: Sluice, code: Code, /, **changes: str | None) -> Answer:
    parameters, headers = as_client(code.client_id)
    pairs = code.redemption(**({"client_id": None} | parameters | changes))
    return token_request(sluice, pairs, headers)


def obtain_tokens(browser: Browser, client_id: str = "pub", /, **changes: str | None) -> dict:
    answer = redeem(browser.sluice, obtain_code(browser, client_id, **changes))
    assert answer.status == 200, answer
    return answer.json()


def refresh(sluice: Sluice, token: str, client_id: str = "pub", **changes: str) -> Answer:
    parameters, headers = as_client(client_id)
    pairs = {"grant_type": "refresh_token", "refresh_token": token} | parameters | changes
    return token_request(sluice, pairs, headers)


def introspect(sluice: Sluice, token: str) -> dict:
    answer = post_form(
        sluice.port, "/introspect", {"token": token}, {"Authorization": basic("rs", RS_SECRET)}
    )
    assert answer.status == 200, answer
    return answer.json()


def is_active(sluice: Sluice, token: str) -> bool:
    return introspect(sluice, token)["active"]
