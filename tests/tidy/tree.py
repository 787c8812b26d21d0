"""The project's C++ files, read once."""
import re

RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(.*?\)\1"', re.S)


class SourceFile:
    def __init__(self, root, path):
        self.path = path
        self.relative = path.relative_to(root).as_posix()
        self.text = path.read_text()
        # Raw strings quote other languages, whose lines are not ours to wrap.
        self.code = RAW_STRING.sub(lambda raw: 'R""' + "\n" * raw[0].count("\n"), self.text)

    @property
    def is_header(self):
        return self.relative.endswith(".h")

    def lines(self):
        """(number, line) without what raw strings hold."""
        return enumerate(self.code.splitlines(), 1)

    def includes(self):
        """(line number, name, whether in angle brackets)"""
        for number, line in self.lines():
            found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if found:
                yield number, found[2], found[1] == "<"

    def layer(self):
        """`http` for src/http/..., `loadgen` for tools/loadgen/..., else nothing."""
        parts = self.relative.split("/")
        return parts[1] if parts[0] in ("src", "tools") and len(parts) > 2 else None

    def room(self):
        """`mcp` for src/resource/mcp/..., nothing for what stands in the layer's own folder."""
        parts = self.relative.split("/")
        return parts[2] if len(parts) > 3 else None

    def include_name(self):
        """How others include it: relative to src or tools."""
        return self.relative.removeprefix("src/").removeprefix("tools/")


class Tree:
    FOLDERS = ("src", "tests", "bench", "tools", "examples")

    def __init__(self, root):
        self.root = root
        self.files = sorted((SourceFile(root, path) for folder in self.FOLDERS for path in (root / folder).rglob("*")
                             if path.suffix in (".cc", ".h") and "node_modules" not in path.parts),
                            key=lambda file: file.relative)

    def sources(self):
        return [file for file in self.files if file.layer()]
