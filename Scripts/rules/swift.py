# SPDX-License-Identifier: Apache-2.0
"""Swift source as a list of tokens, for rules that need no compiler. Comments and the text of strings are left out."""

import re
from dataclasses import dataclass
from functools import cache

PIECES = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<comment>//[^\n]*|/\*)
    | (?P<string>\#*\"\"\"|\#*\")
    | (?P<regex>(?<=[(,=\[:\s])/[^\s/](?:[^/\\\n]|\\.)*/(?=[).,\s]))
    | (?P<name>`\w+`|[@\#]?[^\W\d]\w*|\$\d+)
    | (?P<number>0x[0-9A-Fa-f_]+|\d[\w]*(?:\.\d\w*)?)
    | (?P<mark>->|\.\.\.|\.\.<|&?<<|&?>>|&[-+*]|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int


class Reader:
    def __init__(self, text):
        self.text, self.at, self.line, self.tokens = text, 0, 1, []

    def take(self, end):
        """Moves to `end` and counts the lines on the way."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def read(self, until=None):
        """Reads code to the end, or to the parenthesis that closes an interpolation."""
        depth = 0
        while self.at < len(self.text):
            piece = PIECES.match(self.text, self.at)
            kind, text, line = piece.lastgroup, piece.group(), self.line
            if text == until and depth == 0:
                return self.take(piece.end())
            depth += (text == "(") - (text == ")")
            self.take(piece.end())
            if kind == "string":
                self.tokens.append(Token("string", '""', line))
                self.string(text)
            elif text == "/*":
                self.comment()
            elif kind not in ("space", "comment", "regex"):
                self.tokens.append(Token(kind, text, line))

    def comment(self):
        """Skips a block comment, which may hold others."""
        depth = 1
        while depth and self.at < len(self.text):
            edge = re.compile(r"/\*|\*/").search(self.text, self.at)
            if edge is None:
                return self.take(len(self.text))
            depth += 1 if edge.group() == "/*" else -1
            self.take(edge.end())

    def string(self, opening):
        """Skips a string but for the code in its interpolations."""
        marks = opening.count("#")
        closing, escape = opening.strip("#") + "#" * marks, "\\" + "#" * marks
        while self.at < len(self.text):
            if self.text.startswith(closing, self.at):
                return self.take(self.at + len(closing))
            if self.text.startswith(escape + "(", self.at):
                self.take(self.at + len(escape) + 1)
                self.read(until=")")
            else:
                self.take(self.at + (len(escape) + 1 if self.text.startswith(escape, self.at) else 1))


@cache
def tokens(text):
    reader = Reader(text)
    reader.read()
    return reader.tokens


def closing(tokens, opening):
    """Where the bracket at `opening` is closed."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += tokens[index].text in ("(", "[", "{")
        depth -= tokens[index].text in (")", "]", "}")
        if depth == 0:
            return index
    return len(tokens) - 1
