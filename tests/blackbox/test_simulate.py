"""`sluice friction simulate`: a small trace worked out by hand, modes, seeds, and what it refuses to read."""

import json
import subprocess
import xml.etree.ElementTree as ET

import pytest

from http_request import post
from oauth import Browser, obtain_tokens
from sluice import BINARY

# No smoothing, no warm-up, no dead zone, no decay by time: a client that only writes has a share of 1, which
# is 0.5 above the target, so each call adds 0.2 * 0.5 = 0.1; what decays by calls of others is 0.2 * 0.5 too.
CONFIG = """
[server]
listen = ["127.0.0.1:26100"]
public_url = "http://127.0.0.1:26100"
[auth]
issuer = "http://127.0.0.1:26100"
default_scope = "mcp"
[auth.scopes]
"mcp" = "MCP"
[[resource]]
path = "/mcp"
upstream = "http://127.0.0.1:26101/mcp"
verify = "local"
required_scopes = ["mcp"]
[resource.friction]
enabled = {enabled}
mode = "{mode}"
max_delay = "10s"
{more}
window_size = 100
ema_alpha = 1
adjustment_rate = 0.2
asymmetric_decay = 1
dead_zone = 0
warmup_calls = 0
time_decay_rate = {decay}
[resource.friction.tools.write]
target_rate = 0.5
justification_threshold = 0.25
hard_block_threshold = 0.45
"""


@pytest.fixture
def simulate(tmp_path):
    """Runs the simulator over calls or a generator: its status, its two outputs, and its JSON where it wrote any."""

    def run(calls=None, *arguments, mode="block", decay=0, more="", enabled="true", text=None):
        config = tmp_path / "sluice.toml"
        config.write_text(CONFIG.format(mode=mode, decay=decay, more=more, enabled=enabled))
        if calls is not None or text is not None:
            trace = tmp_path / "trace.jsonl"
            trace.write_text("\n".join(map(json.dumps, calls)) + "\n" if text is None else text)
            arguments = ("--trace", trace, *arguments)
        out = tmp_path / "out"
        done = subprocess.run(
            [BINARY, "friction", "simulate", "--config", config, "--out", out, *arguments],
            capture_output=True, text=True, timeout=60)
        report = out / "friction.json"
        return done, json.loads(report.read_text()) if done.returncode == 0 else None

    run.folder = tmp_path
    return run


def calls(count, client="a", tool="write", start=1000, **more):
    return [{"time": start + second, "client": client, "tool": tool} | more for second in range(count)]


def outcomes(report):
    return [call["outcome"] for call in report["calls"]]


def test_a_trace_worked_out_by_hand(simulate):
    done, report = simulate(calls(7))
    assert done.returncode == 0, done.stderr
    # Friction before each call: 0, 0.1, 0.2, 0.3, 0.4, then 0.5, which is above 0.45, and stays.
    assert [call["friction"] for call in report["calls"]] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
    assert outcomes(report) == ["passed"] * 5 + ["refused"] * 2
    assert [call["level"] for call in report["calls"]] == ["NONE", "LOW", "LOW", "HIGH", "HIGH", "BLOCKED", "BLOCKED"]
    assert [call["time"] for call in report["calls"]] == [0, 1, 2, 3, 4, 5, 6]
    (tool,) = report["tools"]
    assert (tool["calls"], tool["passed"], tool["refused"], tool["delayed"], tool["asked"]) == (7, 5, 2, 0, 0)
    assert tool["first_refusal_seconds"] == 5
    assert tool["recovery_seconds"] is None and tool["clients_not_recovered"] == 1
    assert "1 of 1 client refused, 2 calls in all; the first at write after 5 s." in done.stdout


def test_other_tools_bring_the_share_down_and_the_client_back(simulate):
    # Five writes, a refusal at 5 s; five reads: shares 5/6, 5/7, 5/8, 5/9, 5/10 of 0.5 too much; then below.
    trace = calls(6) + calls(20, tool="read", start=1006) + calls(1, start=1026)
    _, report = simulate(trace)
    assert outcomes(report)[5] == "refused" and outcomes(report)[-1] == "passed"
    friction = 0.5
    for reads in range(1, 21):
        friction = min(max(friction + 0.2 * (5 / (5 + reads) - 0.5), 0), 1)
    assert report["calls"][-1]["friction"] == pytest.approx(friction)
    write = next(tool for tool in report["tools"] if tool["tool"] == "write")
    assert write["recovery_seconds"] == 21
    read = next(tool for tool in report["tools"] if tool["tool"] == "read")
    assert read["calls"] == 20 and "mode" not in read


def test_waiting_as_long_as_a_refusal_says_is_enough(simulate):
    _, refused = simulate(calls(30, start=1000), decay=0.01)
    first = next(call for call in refused["calls"] if call["outcome"] == "refused")
    at, wait = first["time"], first["retry_after_seconds"]
    before = [call for call in calls(30) if call["time"] - 1000 < at]
    for seconds, outcome in ((wait - 1, "refused"), (wait, "passed")):
        _, report = simulate(before + [{"time": 1000 + at + seconds, "client": "a", "tool": "write"}], decay=0.01)
        assert outcomes(report)[-1] == outcome


def test_observe_lets_all_pass_and_says_what_stood_at_the_block(simulate):
    done, report = simulate(calls(7), mode="observe")
    assert outcomes(report) == ["passed"] * 7
    assert report["tools"][0]["at_block_level"] == 2
    assert "2 calls pass at a friction that mode block refuses" in done.stdout


def test_delay_holds_calls_and_what_the_client_does_after_them(simulate):
    _, report = simulate(calls(5), mode="delay")
    # Friction 0.1, 0.2, ... of 10 s at most; each delay moves all that follows.
    assert [call.get("delay_seconds", 0) for call in report["calls"]] == pytest.approx([0, 1, 2, 3, 4])
    assert [call["time"] for call in report["calls"]] == pytest.approx([0, 1, 3, 6, 10])
    assert report["tools"][0]["delay_max_seconds"] == pytest.approx(4)


def test_a_reason_is_asked_for_where_it_is_required(simulate):
    more = "require_justification = true"
    _, without = simulate(calls(5), more=more)
    assert outcomes(without) == ["passed"] * 3 + ["asked"] * 2
    _, given = simulate(calls(5, justification="the user wants them gone"), more=more)
    assert outcomes(given) == ["passed"] * 5


def test_clients_do_not_feel_each_other(simulate):
    both = [call for pair in zip(calls(7), calls(7, client="b", tool="read")) for call in pair]
    _, report = simulate(both)
    alone = [call["friction"] for call in report["calls"] if call["client"] == "a"]
    assert alone == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
    assert {client["client"]: client["refused"] for client in report["clients"]} == {"a": 2, "b": 0}


def test_friction_is_tried_before_it_is_enabled(simulate):
    _, report = simulate(calls(7), enabled="false")
    assert report["tools"][0]["refused"] == 2


def test_the_same_seed_gives_the_same_files(simulate):
    def files(seed):
        done, _ = simulate(None, "--generate", "mixed", "--clients", "6", "--seed", str(seed))
        assert done.returncode == 0, done.stderr
        return [(simulate.folder / "out" / name).read_bytes() for name in ("friction.svg", "friction.json")]

    first = files(1)
    assert files(1) == first
    assert files(2)[1] != first[1]


def test_only_looping_agents_are_refused(simulate):
    _, behaved = simulate(None, "--generate", "behaved", "--clients", "4", "--duration", "1h")
    assert behaved["tools"][0]["refused"] == 0 and behaved["tools"][0]["calls"] > 0
    _, looping = simulate(None, "--generate", "looping", "--duration", "1h")
    assert looping["tools"][0]["refused"] > 0


def test_the_picture_stands_alone(simulate):
    simulate(calls(7, client="<b>&amp;"))
    picture = ET.parse(simulate.folder / "out" / "friction.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    text = ET.tostring(picture, encoding="unicode")
    assert "mark-refused" in text and "prefers-color-scheme" in text
    assert not any(word in text for word in ("href", "<script", "url(", "@import"))


def test_the_recorded_vectors_are_traces(simulate):
    vector = simulate.folder / "vector.json"
    vector.write_text(json.dumps({"kind": "registry", "config": {}, "steps": [
        {"op": "check_and_record", "client": "a", "tool": "write", "t": 5.0, "expect": {}},
        {"op": "check", "client": "a", "tool": "write", "t": 5.5, "expect": {}},
        {"op": "record_unconfigured", "client": "a", "tool": "read", "t": 6.0}]}))
    _, report = simulate(None, "--trace", vector)
    assert [(call["time"], call["tool"]) for call in report["calls"]] == [(0, "write"), (1, "read")]


@pytest.mark.parametrize("line, what", [
    ('{"time":1,', "3: "),
    ('{"tool":"write"}', '3: "time" is missing'),
    ('{"time":"soon","tool":"write"}', "3: \"time\" is neither"),
    ('{"time":1}', '3: "tool" is missing'),
    ("[]", "3: is not a JSON object"),
])
def test_a_bad_line_is_named(simulate, line, what):
    good = '{"time":1,"tool":"write"}\n'
    done, _ = simulate(text=good + "\n" + line + "\n" + good)
    assert done.returncode == 1
    assert f"trace.jsonl:{what}" in done.stderr, done.stderr
    assert not (simulate.folder / "out").exists()


def test_what_cannot_be_used_is_said(simulate):
    for text, what in (("", "holds no call"), ("\n\n", "holds no call")):
        done, _ = simulate(text=text)
        assert done.returncode == 1 and what in done.stderr
    done, _ = simulate(None, "--trace", "/nowhere")
    assert done.returncode == 1 and "/nowhere: the file cannot be read" in done.stderr
    done, _ = simulate(calls(1), "--resource", "/other")
    assert done.returncode == 1 and "no resource /other has friction; /mcp has" in done.stderr
    done, _ = simulate(None, "--generate", "looping", "--tool", "fly")
    assert done.returncode == 1 and 'the tool "fly" has no table' in done.stderr
    done, _ = simulate(calls(1), mode="blok")
    assert done.returncode == 1 and 'resource[0].friction.mode: "blok"' in done.stderr
    done, _ = simulate(calls(1), "--svg", "/nowhere/at/all.svg")
    assert done.returncode == 1 and "/nowhere/at/all.svg: cannot be written" in done.stderr


OBSERVED = """
[resource.friction]
mode = "observe"
warmup_calls = 0
time_decay_rate = 0
[resource.friction.tools.delete_note]
target_rate = 0.03
"""


def test_the_log_of_a_server_that_observes_is_a_trace(start, tmp_path):
    running = start(friction=OBSERVED, cores="1")  # with several, calls of one millisecond may change places
    tokens = obtain_tokens(Browser(running), scope="mcp:read mcp:write", resource=running.resource)
    fields = {"Authorization": f"Bearer {tokens['access_token']}", "Content-Type": "application/json"}
    tools = ["read_note", "delete_note", "delete_note", "read_note", "read_note", "delete_note"] * 3
    for tool in tools:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}
        assert post(running.port, "/mcp", json.dumps(call), fields).status == 200
    running.terminate()
    running.wait()
    log = tmp_path / "sluice.log"
    log.write_text(running.output())
    done = subprocess.run(
        [BINARY, "friction", "simulate", "--config", running.file, "--trace", log, "--json", tmp_path / "report.json"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert [call["tool"] for call in report["calls"]] == tools
    # What was decided then is decided now: the log tells each decision.
    logged = [json.loads(line) for line in log.read_text().splitlines() if '"friction"' in line]
    decided = [line["friction"] for line in logged if line.get("event_type") == "friction" and "friction" in line]
    simulated = [call["friction"] for call in report["calls"] if call["tool"] == "delete_note"]
    assert decided[-1] > 0 and simulated == pytest.approx(decided)


@pytest.mark.parametrize("mode", ["ladder", "delay"])
def test_the_picture_tells_how_long_calls_wait(simulate, mode):
    done, _ = simulate(calls(8), mode=mode)
    assert done.returncode == 0, done.stderr
    texts = [element.text for element in ET.parse(simulate.folder / "out/friction.svg").iter()]
    # Friction 0.25 of 10 s.
    assert "waits 2.5 s" in texts
    assert ("refused" in texts) and any(text and "longest wait" in text for text in texts)


def test_the_picture_of_a_mode_without_waits_tells_of_none(simulate):
    simulate(calls(8), mode="block")
    texts = [element.text for element in ET.parse(simulate.folder / "out/friction.svg").iter()]
    assert not any(text and ("waits " in text or "longest wait" in text) for text in texts)
