"""Tokens seen before: bounded, by digest, never beyond a token's expiry, positive answers alone."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict

from .identity import Identity


class TokenCache:
    """For `ttl` seconds an answer is used again: the longest time that a revoked token still passes. 0: never.

    The text of a token is not kept as a key; the least recently used one makes room.
    """

    def __init__(self, ttl: float = 5.0, max_size: int = 4096) -> None:
        if ttl < 0 or max_size < 1:
            raise ValueError("ttl has to be 0 or more, max_size 1 or more")
        self.ttl = ttl
        self.max_size = max_size
        self._entries: OrderedDict[bytes, tuple[Identity, float]] = OrderedDict()

    @staticmethod
    def key(token: str) -> bytes:
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

    def get(self, key: bytes) -> Identity | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        identity, until = entry
        if time.monotonic() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return identity

    def put(self, key: bytes, identity: Identity) -> None:
        lifetime = self.ttl
        if identity.expires_at is not None:
            lifetime = min(lifetime, identity.expires_at - time.time())
        if lifetime <= 0:
            return
        self._entries[key] = (identity, time.monotonic() + lifetime)
        self._entries.move_to_end(key)
        while len(self._entries) > self.max_size:
            self._entries.popitem(last=False)

    def forget(self, token: str) -> None:
        """At once: after a revocation that this process knows of."""
        self._entries.pop(self.key(token), None)

    def drop(self, key: bytes) -> None:
        self._entries.pop(key, None)

    def clear(self) -> None:
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
