# SPDX-License-Identifier: Apache-2.0
"""Register offsets outside the register specification: an offset is written once, in the type of its register.

A hex number is taken for an offset if docs/registers.md, which is made from the specification, has a register there,
and if it stands where offsets stand, or has a shape that hardly anything else has.
"""

import re

from exceptions import Offence
from swift import closing, tokens

# Files of the specification.
SPECIFICATION = re.compile(r"Sources/Intel82576/Registers/(Register|RegisterTable\+\w+|\w+Registers)\.swift")
# What has no registers of the chip: other modules and their tests.
ELSEWHERE = re.compile(
    r"(Sources/(PCIe|VFIOUser|Backends|HostSystem)|Tests/((PCIe|VFIOUser|Backends|HostSystem)Tests|QTests/PCI))/"
)
# Parts of the chip that have numbers of their own kind.
OWN_NUMBERS = re.compile(r"/(NVM|PHY|Link|Packet|Configuration)/")
CELL = re.compile(r"(0x[0-9A-F]+)(?: \+ (\w+)n, n < (\d+))?")
CALLS = {"set", "read", "write", "keeps", "counter", "counter64", "register", "Register", "readBAR", "writeBAR"}
LABELS = {"word", "register"}
# Round numbers that are the first of an array of registers.
BASES = {0x2800, 0x3800, 0x5400, 0xC000, 0xE000}
# Subscripts by other numbers.
OTHERS = {"configuration", "bytes", "image", "nvm", "frame", "words", "memory", "space"}


def known(documentation):
    """Offsets in the columns Offset, Also at and VF of the tables of docs/registers.md."""
    offsets, columns = set(), []
    for line in documentation.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if "Offset" in cells:
            columns = [index for index, cell in enumerate(cells) if cell in ("Offset", "Also at", "VF")]
        elif not line.startswith("|"):
            columns = []
        else:
            for index in columns:
                for first, stride, count in CELL.findall(cells[index] if index < len(cells) else ""):
                    offsets |= {int(first, 16) + int(stride or "0", 0) * n for n in range(int(count or 1))}
    return offsets


def register_offsets(files, documentation):
    offsets = known(documentation)
    if not offsets:
        raise SystemExit("error: no register offsets in docs/registers.md")
    for path, text in files:
        if SPECIFICATION.fullmatch(path) or ELSEWHERE.match(path):
            continue
        code = tokens(text)
        for index, token in enumerate(code):
            if token.text.startswith("0x") and "." not in token.text and int(token.text, 16) in offsets:
                if is_offset(code, index, OWN_NUMBERS.search(path)):
                    yield Offence(path, f"{path}:{token.line}", token.text)


def is_offset(code, index, has_own_numbers):
    digits = len(code[index].text) - 2
    if digits < 3 and (has_own_numbers or not is_subscript(code, index)):
        return False
    if is_subscript(code, index) or is_divided(code, index) or is_block(code, index) or has_label(code, index):
        return True
    if has_own_numbers:
        return False
    return is_argument(code, index) or is_distinct(code, index)


def is_subscript(code, index):
    """`driver[0x100]`, `vfs[2][0x3818]`; an array literal has no value in front."""
    if index < 2 or code[index - 1].text != "[":
        return False
    before = code[index - 2]
    is_value = before.kind == "name" and before.text not in ("in", "return", "case", "as", "else")
    return (is_value and before.text not in OTHERS) or before.text in (")", "]", "?", "!")


def has_label(code, index):
    """`registers[word: 0x100 / 4]`, and `at: 0x100` of a BAR access."""
    if index < 2 or code[index - 1].text != ":":
        return False
    if code[index - 2].text != "at":
        return code[index - 2].text in LABELS
    call = next((back for back in range(index - 2, max(index - 12, 0), -1) if code[back].text == "("), 0)
    return code[call - 1].text in ("readBAR", "writeBAR")


def is_argument(code, index):
    return index > 1 and code[index - 1].text == "(" and code[index - 2].text in CALLS


def is_divided(code, index):
    """`0x100 / 4`, `(0xC030 + 0x40 * queue) / 4`: a word's number."""
    following = [token.text for token in code[index + 1 : index + 3]]
    if following == ["/", "4"]:
        return True
    if index < 1 or code[index - 1].text not in ("(", "?"):
        return False
    opening = next((back for back in range(index - 1, max(index - 8, -1), -1) if code[back].text == "("), None)
    if opening is None:
        return False
    end = closing(code, opening)
    return [token.text for token in code[end + 1 : end + 3]] == ["/", "4"]


def is_block(code, index):
    """`0xE000 + 0x40 * queue`: a register of an array."""
    following = [token.text for token in code[index + 1 : index + 4]]
    return len(following) == 3 and following[0] in ("+", "&+") and following[2] in ("*", "&*")


def is_distinct(code, index):
    """Four digits or more that are no round number, and no value that something is compared or combined with."""
    text, number = code[index].text, int(code[index].text, 16)
    before = [token.text for token in code[max(index - 2, 0) : index]]
    is_value = before[-1:] in (["|"], ["&"]) or before == ["=", "="] or before == ["!", "="]
    return len(text) > 5 and "_" not in text and (number % 0x80 != 0 or number in BASES) and not is_value
