"""Small changes to one C++ file, each of which a test ought to notice. What is found here is text: a lexer, no parser.

It leans on clang-format's spacing: a binary operator has space on both sides, a bracket of a template has not.
"""
import bisect
import dataclasses
import hashlib
import re

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<string>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)" | (?:u8|[uUL])?"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
      | (?P<number>\.?\d(?:'?[\w.]|[eEpP][+-])*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<punctuation><=>|<<=|>>=|->\*|\.\.\.|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)""", re.X | re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)

RELATIONAL = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
LOGICAL = {"&&": "||", "||": "&&"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "++": "--", "--": "++",
              "&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<", "|=": "&=", "&=": "|=", "^=": "|="}
# What checks the program itself, or is no code that runs.
EXEMPT_CALLS = {"CHECK", "static_assert", "alignas", "reserve", "decltype", "sizeof", "__attribute__"}
# Statements of these names declare what follows them uses.
DECLARING_CALLS = {"TRY", "CO_TRY"}
KEYWORDS = {"return", "co_return", "if", "else", "for", "while", "do", "switch", "case", "default", "using", "break", "continue",
            "goto", "throw", "delete", "new", "typedef", "template", "static_assert", "public", "private", "protected", "constexpr"}
NOTHING = {"", "{}", "{ }", "std::nullopt", "nullptr", "false", "true", "0", "0U", "*this"}


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Mutant:
    id: str
    path: str
    line: int
    operator: str
    start: int
    end: int
    original: str
    replacement: str
    shown: str  # the line with the change in it

    def apply(self, text):
        return text[:self.start] + self.replacement + text[self.end:]

    def describe(self):
        return f"{self.path}:{self.line} {self.operator}: `{self.shown}`"


def tokenize(text):
    """Names, numbers and punctuation; comments, directives and white space are left out, strings are kept as one token."""
    text = DIRECTIVE.sub(lambda found: " " * len(found.group()), text)
    tokens = []
    for found in TOKEN.finditer(text):
        if found.lastgroup != "space":
            kind = "string" if found.lastgroup == "mark" else found.lastgroup
            tokens.append(Token(kind, found.group(), found.start(), found.end()))
    return tokens


class Source:
    """One file's tokens, and which brackets belong together."""

    def __init__(self, path, text):
        self.path, self.text, self.tokens = path, text, tokenize(text)
        self.partner, self.opener = {}, []
        stack = []
        for i, token in enumerate(self.tokens):
            if token.kind == "punctuation" and token.text in ")]}" and stack:
                self.partner[i] = stack.pop()
                self.partner[self.partner[i]] = i
            self.opener.append(stack[-1] if stack else None)
            if token.kind == "punctuation" and token.text in "([{":
                stack.append(i)
        self.line_starts = [0] + [found.end() for found in re.finditer("\n", text)]
        self.exempt = self._exempt()

    def _exempt(self):
        ranges = []
        for i, token in enumerate(self.tokens):
            if token.kind == "name" and token.text in EXEMPT_CALLS and self.is_text(i + 1, "("):
                ranges.append((i, self.partner.get(i + 1, i)))
            if token.text == "[" and self.is_text(i + 1, "["):  # an attribute
                ranges.append((i, self.partner.get(i, i)))
        return {i for first, last in ranges for i in range(first, last + 1)}

    def is_text(self, i, text):
        return 0 <= i < len(self.tokens) and self.tokens[i].text == text and self.tokens[i].kind != "string"

    def spaced(self, i):
        token = self.tokens[i]
        before, after = self.text[token.start - 1:token.start], self.text[token.end:token.end + 1]
        return before.isspace() and after.isspace()

    def span(self, first, last):
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def end_of_statement(self, i):
        """The `;` that ends what begins at i; None where there is none on this level."""
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.kind == "punctuation":
                if token.text == ";":
                    return i
                if token.text in ")]}":
                    return None
                if token.text in "([{":
                    i = self.partner.get(i, len(self.tokens))
            i += 1
        return None

    def in_block(self, i):
        """Whether i stands in a block of statements: not in a class, a namespace, or an initialiser."""
        opener = self.opener[i]
        if opener is None or self.tokens[opener].text != "{":
            return False
        words, at = [], opener - 1
        while at >= 0 and self.tokens[at].text not in (";", "{", "}"):
            if self.tokens[at].text == ")" and self.tokens[at].kind == "punctuation":
                return True
            words.append(self.tokens[at].text)
            at -= 1
        if {"class", "struct", "namespace", "enum", "union"} & set(words):
            return False
        return not words or bool({"else", "do", "try", "const", "noexcept"} & set(words)) or self.in_block(opener)

    def begins_statement(self, i):
        if not self.in_block(i) or self.tokens[i].text in KEYWORDS:
            return False
        before = self.tokens[i - 1]
        if before.text in (";", "{", "}", "else"):
            return True
        if before.text != ")" or i - 1 not in self.partner:
            return False
        head = self.partner[i - 1] - 1
        return self.tokens[head].text in ("if", "for", "while", "constexpr")

    def depth_zero(self, first, last):
        """Indices between first and last, without what is in brackets."""
        i = first
        while i <= last:
            yield i
            i = self.partner.get(i, i) + 1 if self.tokens[i].text in ("(", "[", "{") else i + 1


def _operators(source, i):
    token = source.tokens[i]
    text = token.text
    if token.kind == "punctuation":
        if text in ("++", "--"):
            yield "arithmetic", i, i, ARITHMETIC[text]
        elif source.spaced(i):
            for name, table in (("relational", RELATIONAL), ("logical", LOGICAL), ("arithmetic", ARITHMETIC)):
                if text in table:
                    yield name, i, i, table[text]
        if text == "!" and not source.text[token.end:token.end + 1].isspace():
            yield "condition", i, i, ""
        if text == "?" and source.spaced(i):
            yield "condition", i, i, "== false ?"
    if token.kind == "name" and text in ("true", "false"):
        yield "constant", i, i, "false" if text == "true" else "true"
    if token.kind == "number":
        for replacement in _other_numbers(text):
            yield "constant", i, i, replacement


def _other_numbers(text):
    whole = re.fullmatch(r"(0[xX][\da-fA-F']+|0[bB][01']+|\d[\d']*)([uUlLzZ]*|_?[a-z]+)", text)
    if whole:
        digits, suffix = whole.group(1).replace("'", ""), whole.group(2)
        base = 0 if digits[:2].lower() in ("0x", "0b") else 10
        value = int(digits, base)
        yield f"{value + 1}{suffix}"
        if value > 0:
            yield f"{value - 1}{suffix}"
        return
    broken = re.fullmatch(r"(\d*\.\d+(?:[eE][+-]?\d+)?)([fFlL]?)", text)
    if broken:
        yield f"({text} + 1)"
        if float(broken.group(1)) >= 1:
            yield f"({text} - 1)"


def _conditions(source, i):
    if source.tokens[i].text not in ("if", "while") or not source.is_text(i + 1, "("):
        return
    first, last = i + 2, source.partner[i + 1] - 1
    level = list(source.depth_zero(first, last))
    ends = [at for at in level if source.is_text(at, ";")]
    if ends:  # if (declaration; condition)
        first = ends[-1] + 1
        level = [at for at in level if at >= first]
    if first > last or any(source.is_text(at, "=") for at in level):
        return
    operators = [source.tokens[at].text for at in level if source.tokens[at].text in RELATIONAL or source.tokens[at].text in LOGICAL]
    if operators in (["=="], ["!="]) or (source.is_text(first, "!") and not operators):
        return  # the operators of those do the same
    yield "condition", first, last, f"!({source.span(first, last)})"


def _returns(source, i):
    if source.tokens[i].text not in ("return", "co_return"):
        return
    last = source.end_of_statement(i)
    if last is None or last == i + 1:
        return
    first, last = i + 1, last - 1
    value = source.span(first, last)
    if value not in NOTHING:
        yield "return value", first, last, "{}"
    level = [source.tokens[at].text for at in source.depth_zero(first, last)]
    if "?" not in level and sum(text in RELATIONAL or text in LOGICAL for text in level) > 1:
        yield "return value", first, last, f"!({value})"


def _statements(source, i):
    """A call that stands alone, or an assignment."""
    if not source.begins_statement(i):
        return
    at = i + 1 if source.is_text(i, "co_await") else i
    if at >= len(source.tokens) or source.tokens[at].kind != "name" and not source.is_text(at, "*"):
        return
    if source.tokens[at].text in EXEMPT_CALLS | DECLARING_CALLS:
        return
    if source.is_text(at, "*"):
        at += 1
    calls, at = False, at + 1
    while at < len(source.tokens):
        text = source.tokens[at].text
        if text in ("::", ".", "->"):
            at += 2
        elif text in ("(", "["):
            calls = calls or text == "("
            at = source.partner[at] + 1
        else:
            break
    last = source.end_of_statement(i)
    if last is None:
        return
    if source.is_text(at, ";") and calls:
        yield "statement", i, last, "{}"
    elif source.is_text(at, "=") and source.in_block(at):
        yield "statement", i, last, "{}"


def _show(line, column, original, replacement):
    def short(part):
        part = " ".join(part.split())
        return part if len(part) <= 50 else part[:47] + "..."
    rest = "" if "\n" in original else line[column + len(original):]
    return f"{line[:column].lstrip()}«{short(original)} → {short(replacement)}»{rest}".replace("`", "'")


def find_mutants(path, text):
    """All mutants of a file, in the order of its text. An id stays what it is while its line does."""
    source = Source(path, text)
    found, seen = [], {}
    ordinals, lines = {}, text.split("\n")
    for number, line in enumerate(lines):
        ordinals[number] = seen.get(line.strip(), 0)
        seen[line.strip()] = ordinals[number] + 1
    for i in range(len(source.tokens)):
        if i in source.exempt:
            continue
        for rule in (_operators, _conditions, _returns, _statements):
            for operator, first, last, replacement in rule(source, i):
                start, end = source.tokens[first].start, source.tokens[last].end
                number = bisect.bisect_right(source.line_starts, start) - 1
                line = lines[number]
                column = start - source.line_starts[number] - (len(line) - len(line.lstrip()))
                key = "\n".join((path, line.strip(), str(ordinals[number]), str(column), operator, replacement))
                id = hashlib.sha256(key.encode()).hexdigest()[:10]
                shown = _show(line, start - source.line_starts[number], text[start:end], replacement)
                found.append(Mutant(id, path, number + 1, operator, start, end, text[start:end], replacement, shown))
    return found


def sample(mutants, count, seed):
    """`count` of them, the same for the same seed; a larger count takes the smaller one's and more."""
    def place(mutant):
        return hashlib.sha256(f"{seed}\n{mutant.id}".encode()).digest()
    chosen = sorted(mutants, key=place)
    return chosen if count is None else chosen[:count]
