"""Which URLs a secret may be sent to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NEIGHBOUR = re.compile(r"[a-z](?:-?[a-z0-9])*")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]*")


def is_safe_url(url: str, allow_localhost: bool = True) -> bool:
    """`https` to a host by name, or `http` to this machine or a name of the container network.

    Looks at the text alone and resolves nothing: for addresses that an operator writes down.
    """
    if not all("!" <= c <= "~" and c != "\\" for c in url):
        return False
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _is_safe_name(host, parts.scheme == "https", allow_localhost)
    mapped = getattr(address, "ipv4_mapped", None)
    return allow_localhost and (mapped or address).is_loopback


def _is_safe_name(host: str, is_https: bool, allow_localhost: bool) -> bool:
    labels = host.split(".")
    if len(host) > 253 or _NUMBER.fullmatch(labels[-1]) or not all(map(_LABEL.fullmatch, labels)):
        return False
    if labels[-1] == "localhost":
        return allow_localhost
    in_cluster = _NEIGHBOUR.fullmatch(host) is not None or host.endswith(".cluster.local")
    return is_https or in_cluster
