"""An MCP server of its own process, which the soak ends and starts again: upstream_process.py PORT"""

import json
import sys
import threading
import time

from upstream import Client, Received, Upstream, json_answer, result_of

TOOLS = [
    {"name": name, "inputSchema": {"type": "object"}}
    for name in ("read_note", "create_note", "delete_note")
]
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def behave(client: Client, received: Received) -> None:
    if received.method == "GET":
        client.send(STREAM)
        for number in range(10_000):
            client.send(chunk(b"data: {\"jsonrpc\":\"2.0\",\"method\":\"n%d\"}\n\n" % number))
            time.sleep(0.5)
        return client.send(b"0\r\n\r\n")
    message = json.loads(received.body) if received.body else {}
    if message.get("method") == "tools/list":
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": {"tools": TOOLS}}
        return client.send(json_answer(json.dumps(answer).encode()))
    if message.get("id", 0) % 2:  # every other answer as an event stream
        event = b"event: message\ndata: " + result_of(received) + b"\n\n"
        return client.send(STREAM + chunk(event) + b"0\r\n\r\n")
    client.send(json_answer(result_of(received)))


upstream = Upstream(port=int(sys.argv[1]))
upstream.behave = behave
while True:
    time.sleep(1)
    upstream.take()  # it remembers what came until somebody takes it
    if threading.active_count() > 2000:
        sys.exit("the gateway leaves connections open")
