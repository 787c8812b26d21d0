"""A decision of Sluice about one call (docs/DECISIONS.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .identity import scopes_of


@dataclass(frozen=True, slots=True)
class Decision:
    """Run the tool after `delay_seconds`, or do not. `status` is the HTTP status for an answer of your own."""

    allowed: bool
    status: int
    reason: str
    message: str = ""
    challenge: str = ""
    client_id: str = ""
    subject: str = ""
    scopes: frozenset[str] = frozenset()
    delay_seconds: float = 0.0
    retry_after_seconds: int = 0
    friction: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refused_by_friction(self) -> bool:
        """A model should read `message` as a tool result; other refusals are about the token."""
        return not self.allowed and self.status in (428, 429)

    @staticmethod
    def read(answer: Mapping[str, Any]) -> Decision:
        return Decision(
            # Of a call that was recorded: it is not asked whether it may be made.
            allowed=answer.get("allowed", answer.get("recorded")) is True,
            status=int(answer.get("status", 500)),
            reason=str(answer.get("reason", "")),
            message=str(answer.get("message", "")),
            challenge=str(answer.get("challenge", "")),
            client_id=str(answer.get("client_id", "")),
            subject=str(answer.get("subject", "")),
            scopes=scopes_of(answer.get("scope")),
            delay_seconds=float(answer.get("delay_ms", 0)) / 1000,
            retry_after_seconds=int(answer.get("retry_after_seconds", 0)),
            friction=answer.get("friction") or {},
        )
