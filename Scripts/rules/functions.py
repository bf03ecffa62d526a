# SPDX-License-Identifier: Apache-2.0
"""Functions of more than 40 lines, and those with more than five unlabelled parameters."""

from dataclasses import dataclass

from exceptions import Offence
from swift import closing, tokens

LONGEST, MOST_UNLABELLED = 40, 5
# Where one of these follows the parameters and no brace did, there is no body, as in protocols.
NEXT = {"func", "init", "deinit", "subscript", "var", "let", "case", "static", "mutating", "struct", "enum", "class"}
NEXT |= {"}", "associatedtype", "public", "package", "private", "fileprivate", "internal"}


@dataclass(frozen=True)
class Function:
    """`lines` are those between the braces, 0 without a body."""

    name: str
    line: int
    unlabelled: int
    lines: int


def functions(text):
    """All functions, initializers, subscripts and computed properties of a file, those in others too."""
    code = tokens(text)
    for index, token in enumerate(code):
        previous = code[index - 1].text if index else ""
        following = code[index + 1].text if index + 1 < len(code) else ""
        if token.kind != "name" or previous == ".":
            continue
        if token.text == "func":
            yield function(code, index, index + 1)
        elif token.text in ("init", "subscript") and following in ("(", "<", "?", "!"):
            yield function(code, index, index)
        elif token.text == "deinit" and following == "{":
            yield Function("deinit", token.line, 0, lines(code, index + 1))
        elif token.text == "var":
            yield from property_body(code, index)


def function(code, start, name):
    opening = next(index for index in range(name + (code[start].text == "func"), len(code)) if code[index].text == "(")
    end = closing(code, opening)
    return Function(code[name].text, code[start].line, unlabelled(code, opening, end), body(code, end + 1))


def unlabelled(code, opening, end):
    """Parameters written `_ name: Type`."""
    count, depth = 0, 0
    for index in range(opening, end):
        depth += (code[index].text in ("(", "[", "{")) - (code[index].text in (")", "]", "}"))
        count += depth == 1 and code[index].text in ("(", ",") and code[index + 1].text == "_"
    return count


def body(code, index):
    while index < len(code) and code[index].text not in NEXT:
        if code[index].text == "{":
            return lines(code, index)
        index = closing(code, index) + 1 if code[index].text in ("(", "[") else index + 1
    return 0


def property_body(code, index):
    """`var name: Type { ... }`; what is stored or initialized by a closure is no function."""
    if index + 2 >= len(code) or code[index + 2].text != ":":
        return
    here, line = index + 3, code[index + 2].line
    while here < len(code) and code[here].line - line <= 1 and code[here].text not in NEXT | {"=", ";", ")", ","}:
        if code[here].text == "{":
            yield Function(code[index + 1].text, code[index].line, 0, lines(code, here))
            return
        line = code[here].line
        here = closing(code, here) + 1 if code[here].text in ("(", "[") else here + 1


def lines(code, opening):
    return max(code[closing(code, opening)].line - code[opening].line - 1, 0)


def long_functions(files):
    for path, text in files:
        for one in functions(text):
            if one.lines > LONGEST:
                yield Offence(f"{path} {one.name}", f"{path}:{one.line}", f"{one.name} has {one.lines} lines")


def unlabelled_parameters(files):
    for path, text in files:
        for one in functions(text):
            if one.unlabelled > MOST_UNLABELLED:
                what = f"{one.name} has {one.unlabelled} unlabelled parameters"
                yield Offence(f"{path} {one.name}", f"{path}:{one.line}", what)
