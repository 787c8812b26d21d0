"""A search of src/ for a standard term of the field leads to the file that has it.

What is searched is what a newcomer sees first: the names of files, and their first lines.
"""
import re

# term -> the file where whoever looks for it has to land.
TERMS = {
    # limits and load
    "rate limiter": "oauth/limits/rate_limiter.h",
    "sliding window": "oauth/limits/sliding_window.h",
    "token bucket": "resource/tokens/invalid_token_limiter.h",
    "distributed rate limit": "storage/shared_windows.h",
    "concurrency limit": "base/concurrency_limit.h",
    "semaphore": "base/concurrency_limit.h",
    "bulkhead": "base/concurrency_limit.h",
    "circuit breaker": "storage/redis/redis_windows.h",
    "backpressure": "io/stream.h",
    "single-flight": "resource/tokens/remote_verifier.h",
    "exponential back-off": "storage/backoff.h",
    "jitter": "storage/backoff.h",
    "retry-after": "friction/retry_after.h",
    "graceful shutdown": "http/server.h",
    "connection pool": "http/client.h",
    "object pool": "base/object_pool.h",
    "thread pool": "io/worker_pool.h",
    "timer wheel": "io/timer.h",
    "event loop": "io/shard.h",
    "thread per core": "io/runtime.h",
    "structured concurrency": "io/task_group.h",
    "cancellation": "io/cancel.h",
    # storage
    "LRU cache": "friction/lru_table.h",
    "least recently used": "friction/lru_table.h",
    "dirty set": "resource/decision/dirty_penalties.h",
    "write-behind": "server/storage/penalty_keeper.h",
    "write-through": "storage/working_set.h",
    "group commit": "storage/sqlite/writer.h",
    "write-ahead log": "storage/sqlite/log_check.h",
    "checkpoint": "storage/sqlite/checkpoint.h",
    "crash recovery": "storage/sqlite/opening.h",
    "page checksums": "storage/sqlite/checked_vfs.h",
    "schema migrations": "storage/postgres/migrations.h",
    "slab allocator": "storage/slab.h",
    "hash flooding": "storage/text_hash.h",
    # attacks and defences
    "session fixation": "oauth/authorization/browser_session.h",
    "CSRF": "oauth/authorization/csrf_token.h",
    "clickjacking": "oauth/pages/page_frame.h",
    "XSS": "oauth/pages/html.h",
    "Content-Security-Policy": "oauth/pages/page_style.h",
    "lockout": "oauth/limits/attempt_throttle.h",
    "brute-force": "oauth/limits/attempt_throttle.h",
    "open redirect": "oauth/clients/redirect_uri.h",
    "SSRF": "http/url_safety.h",
    "DNS rebinding": "resource/gateway/origin.h",
    "CORS": "oauth/cors.h",
    "request smuggling": "http/head_guard.h",
    "replay": "oauth/grants/authorization_code.h",
    "tool poisoning": "resource/decision/tool_changes.h",
    "rug pull": "resource/decision/tool_changes.h",
    "constant-time": "crypto/digest.h",
    "password hashing": "crypto/password_hash.h",
    "AEAD": "crypto/seal.h",
    "encryption at rest": "server/storage/sealing.h",
    "key rotation": "server/storage/key_keeper.h",
    "trusted proxies": "server/trusted_proxies.h",
    # OAuth and MCP
    "PKCE": "oauth/pkce.h",
    "refresh token rotation": "oauth/grants/successor.h",
    "client authentication": "oauth/clients/authenticate_client.h",
    "resource indicators": "token/resource_identifier.h",
    "protected resource metadata": "resource/metadata/resource_metadata.h",
    "bearer token": "resource/tokens/bearer.h",
    "token introspection": "token/introspection.h",
    "step-up": "resource/metadata/challenge.h",
    "attribute-based access control": "resource/policy/policy.h",
    "policy decision point": "resource/decision/decision.h",
    "policy enforcement point": "resource/gateway/tool_gate.h",
    "external authorizer": "resource/decision_api/external_authorizer.h",
    "reverse proxy": "resource/gateway/gateway.h",
    "JSON-RPC": "resource/mcp/json_rpc.h",
    "server-sent events": "http/sse.h",
    # friction
    "proportional controller": "friction/controller.h",
    "feedback loop": "friction/controller.h",
    "exponential moving average": "friction/estimator.h",
}

HITS_SHOWN = 3  # how many of a search's results somebody looks at


def plain(text):
    """`Back-off`, `back_off` and `back off` are one spelling, `rug pulls` holds `rug pull`."""
    return " " + re.sub(r"[^a-z0-9]+", " ", text.lower()).strip() + " "


def search(tree, term):
    """Files of src/ in whose name or first line the term stands: those it is the name of first, then by how early it stands."""
    wanted = " " + plain(term).strip()
    hits = []
    for file in tree.files:
        if not file.relative.startswith("src/"):
            continue
        first = file.text.split("\n", 1)[0]
        line = plain(first).find(wanted) if first.startswith("//") else -1
        in_name = wanted in plain(file.path.stem)
        if in_name or line >= 0:
            hits.append((not in_name, line < 0, line, not file.is_header, file.include_name()))
    return [hit[-1] for hit in sorted(hits)]


def terms_lead_to_their_file(tree, terms=None):
    headers = {file.include_name(): file for file in tree.files if file.relative.startswith("src/")}
    for term, name in (TERMS if terms is None else terms).items():
        if name not in headers:
            yield f"src/{name}:1: is where \"{term}\" should lead to, and is not there"
            continue
        first = headers[name].text.split("\n", 1)[0]
        if " " + plain(term).strip() not in plain(first):
            yield f"src/{name}:1: the first line does not name \"{term}\""
            continue
        hits = search(tree, term)
        if name not in hits[:HITS_SHOWN]:
            yield f"src/{name}:1: a search for \"{term}\" finds {', '.join(hits[:HITS_SHOWN])} before it"
