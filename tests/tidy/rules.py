"""Rules that one file's text decides. Each yields its problems as `file:line: text`."""
import re

# A folder includes only itself and what stands above it; oauth and resource never each other.
LAYERS = ["base", "crypto", "friction", "io", "http", "token", "storage", "oauth", "resource", "config", "notes", "metrics",
          "simulate", "admin", "server"]
STRANGERS = {("oauth", "resource"), ("resource", "oauth")}
# Inside a layer, too: a room includes only itself, what stands above it, and the layer's own files outside of rooms.
ROOMS = {"resource": ["mcp", "policy", "tools", "tokens", "upstream", "metadata", "decision", "gateway", "decision_api"]}
# What a program of tools/ includes beside itself: nobody includes a tool.
TOOLS = {"loadgen": ["base", "crypto", "io", "http"]}

# Which part of src/ may include a library; a tool is named by its whole path.
CONFINED = {
    "openssl/": ["crypto/"],
    "simdjson": ["base/json.cc", "base/json_document.cc"],
    "llhttp": ["http/"],
    "liburing": ["io/"],
    "sqlite3": ["storage/"],
    "libpq-fe": ["storage/"],
    "hiredis": ["storage/"],
    "linux/io_uring": ["io/"],
    "toml++/": ["config/"],
    "CLI/": ["server/", "tools/loadgen/"],
    "re2/": ["resource/", "config/"],
    "xxhash": ["base/", "friction/", "storage/"],
}

LINES_MAX = 500
LINES_WARN = 300
COLUMNS_MAX = 100


def layers_point_upwards(tree):
    for file in tree.sources():
        for number, name, angled in file.includes():
            used = name.split("/")[0]
            if angled:
                continue
            if file.layer() in TOOLS:
                if used != file.layer() and used not in TOOLS[file.layer()]:
                    yield f"{file.relative}:{number}: {file.layer()} must not include {used} (\"{name}\")"
            elif used not in LAYERS:
                yield f"{file.relative}:{number}: \"{name}\" begins with no folder of src"
            elif LAYERS.index(used) > LAYERS.index(file.layer()) or (file.layer(), used) in STRANGERS:
                yield f"{file.relative}:{number}: {file.layer()} must not include {used} (\"{name}\")"


def rooms_point_upwards(tree):
    for file in tree.sources():
        rooms = ROOMS.get(file.layer())
        if not rooms:
            continue
        room = file.room()
        if room and room not in rooms:
            yield f"{file.relative}:1: {room} is no room of {file.layer()}; docs/ARCHITECTURE.md lists them"
            continue
        for number, name, angled in file.includes():
            parts = name.split("/")
            if angled or parts[0] != file.layer() or len(parts) < 3:
                continue
            if not room or rooms.index(parts[1]) > rooms.index(room):
                yield f"{file.relative}:{number}: {room or 'the layer itself'} must not include {parts[1]} (\"{name}\")"


def every_folder_is_a_layer(tree):
    for layer in sorted({file.layer() for file in tree.sources()} - set(LAYERS) - set(TOOLS)):
        yield f"src/{layer}:1: is no layer; docs/ARCHITECTURE.md lists them"


def sources_are_found_by_their_header(tree):
    """NAME.cc has a NAME.h, or its name begins with a header's: connection_tls.cc belongs to connection.h."""
    headers = {}
    for file in tree.files:
        if file.is_header:
            headers.setdefault(file.path.parent, set()).add(file.path.stem)
    for file in tree.sources():
        stem, beside = file.path.stem, headers.get(file.path.parent, set())
        if file.is_header or stem == "main" or stem in beside:
            continue
        if not any(stem.startswith(header + "_") for header in beside):
            yield f"{file.relative}:1: no header beside it has its name, or the beginning of it"


def libraries_stay_in_their_place(tree):
    for file in tree.sources():
        for number, name, _ in file.includes():
            for library, places in CONFINED.items():
                allowed = [place if place.startswith("tools/") else f"src/{place}" for place in places]
                if name.startswith(library) and not file.relative.startswith(tuple(allowed)):
                    yield f"{file.relative}:{number}: only {', '.join(allowed)} may include <{name}>"


def files_are_short(tree):
    for file in tree.files:
        count = file.text.count("\n")
        if count > LINES_MAX:
            yield f"{file.relative}:{count}: has {count} lines, more than {LINES_MAX}"


def long_files(tree):
    """Not a rule: what is worth a look."""
    counts = ((file.relative, file.text.count("\n")) for file in tree.files)
    return [(path, count) for path, count in counts if LINES_WARN < count <= LINES_MAX]


def lines_are_short(tree):
    for file in tree.files:
        for number, line in file.lines():
            # An include cannot be broken.
            if len(line) > COLUMNS_MAX and not line.startswith("#include"):
                yield f"{file.relative}:{number}: has {len(line)} columns, more than {COLUMNS_MAX}"


def nothing_is_left_open(tree):
    for file in tree.files:
        for number, line in file.lines():
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                yield f"{file.relative}:{number}: says that it is unfinished"


def file_names_are_snake_case(tree):
    for file in tree.files:
        if not re.fullmatch(r"[a-z][a-z0-9_]*\.(cc|h)", file.path.name):
            yield f"{file.relative}:1: the name is not snake_case"


def headers_tell_their_subject(tree):
    for file in tree.files:
        if not file.is_header:
            continue
        if not file.text.startswith("//"):
            yield f"{file.relative}:1: begins with no comment about its subject"
        if len(re.findall(r"^#pragma once$", file.text, re.M)) != 1:
            yield f"{file.relative}:1: has no #pragma once"


# What a command of src/server prints, where its subject is another layer's.
COMMAND_OUTPUT = ("src/config/config.cc", "src/simulate/command.cc")


def libraries_do_not_print(tree):
    # src/server has the commands, a tool is a command; a failed CHECK writes its last words.
    for file in tree.sources():
        if file.layer() == "server" or file.relative in COMMAND_OUTPUT or file.layer() in TOOLS or file.relative == "src/base/check.cc":
            continue
        for number, line in file.lines():
            if re.search(r"std::(cout|cerr|clog)\b|\bf?printf\(|\bfmt::print\(|#include <iostream>", line):
                yield f"{file.relative}:{number}: a library writes to no terminal"


def sources_include_their_own_header_first(tree):
    """With it, compiling the source proves that the header stands alone."""
    headers = {file.relative for file in tree.files if file.is_header}
    for file in tree.sources():
        own = file.relative.removesuffix(".cc") + ".h"
        if file.is_header or own not in headers:
            continue
        first = next(file.includes(), (1, None, False))
        name = own.removeprefix("src/").removeprefix("tools/")
        if first[1] != name:
            yield f"{file.relative}:{first[0]}: has to include \"{name}\" first"


# CHECKs in a thousand lines of src/: assertions are written with the code, or it comes to less.
CHECKS_PER_THOUSAND_LINES = 8


def invariants_are_checked(tree):
    """Of the whole of src/, since invariants stand closer in one folder than in another."""
    sources = [file for file in tree.files if file.relative.startswith("src/") and file.relative != "src/base/check.h"]
    lines = sum(file.text.count("\n") for file in sources)
    checks = sum(len(re.findall(r"\bCHECK\(", line)) for file in sources for _, line in file.lines())
    wanted = lines * CHECKS_PER_THOUSAND_LINES // 1000
    if checks < wanted:
        yield f"src/base/check.h:1: {checks} CHECKs stand over {lines} lines of src/, fewer than {wanted}"


def error_descriptions_are_plain(tree):
    """SDKs find parameters in a challenge by pattern, and RFC 6749 §5.2 allows neither quotes nor backslashes in a description."""
    for file in tree.sources():
        if file.layer() not in ("oauth", "resource"):
            continue
        for found in re.finditer(r'(?:\brefuse(?:_for_now)?\(\s*ErrorCode::\w+,|\bbad_metadata\(|\berror_description =)\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+)',
                                 file.text):
            text = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', found[1]))
            if "\\" in text or re.search(r"\b(scope|error|error_description|resource_metadata|realm)\s*=", text):
                number = file.text.count("\n", 0, found.start()) + 1
                yield f"{file.relative}:{number}: a description that looks like a parameter, or has quotes or backslashes"


ALL = [layers_point_upwards, rooms_point_upwards, sources_are_found_by_their_header, every_folder_is_a_layer, libraries_stay_in_their_place, files_are_short, lines_are_short,
       nothing_is_left_open, file_names_are_snake_case, headers_tell_their_subject, libraries_do_not_print,
       sources_include_their_own_header_first, invariants_are_checked, error_descriptions_are_plain]
