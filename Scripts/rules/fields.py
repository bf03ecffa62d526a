# SPDX-License-Identifier: Apache-2.0
"""Fields of registers: written once, in the comments of the register types, and from there made into Swift.

The comment of a property begins with `ACRONYM, bit 6.` or `ACRONYM, bits 11:8:` and goes on with what the field means. A
field that has no property is an item of the type's own comment, `- ACRONYM, bit 6: what it means`. A property whose type
has fields itself (an entry of a table, a set of causes) has those. `The fields are those of CTRL.` takes over all of them.

    python3 Scripts/rules/fields.py    writes Sources/Intel82576/Registers/Fields anew
"""

import glob
import os
import re
from dataclasses import dataclass, field as made

from exceptions import Offence

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
FOLDER = "Sources/Intel82576/Registers"
FORM = re.compile(r"([A-Za-z0-9]\w*)(\[\d+\])?, bits? (\d+)(?::(\d+))?[.,:;] ?(.*)")
ALMOST = re.compile(r"([\w\[\] ]+, )?[Bb]its? \d+")
TYPE = re.compile(r"(?:package |public )?(struct|protocol|extension) (\w+)(?:: ([\w, ]+?))? (?:where .*)?\{(\})?")
MEMBER = re.compile(r"(?:package )?(?:static )?(?:var|let) (\w+)(?:: ([\w.<>?]+))?\b.*")
SAME = re.compile(r"The fields are those of (\w+)\.")
USE = re.compile(r"self\[(\d+)(?:\.\.\.(\d+))?\]|rawValue: 1 << (\d+)")


@dataclass(frozen=True)
class Field:
    name: str
    high: int
    low: int
    meaning: str

    def bits(self):
        return f"bits {self.high}:{self.low}" if self.high > self.low else f"bit {self.low}"

    def inside(self, suffix, low, meaning):
        """This field of an entry of a table, as one of the register that has the entry from bit `low` on."""
        text = f"{meaning}: {self.meaning[:1].lower()}{self.meaning[1:]}"
        return Field(self.name + suffix, self.high + low, self.low + low, text)


@dataclass
class Member:
    name: str
    type: str
    place: str
    comment: str
    code: str = ""

    def uses(self):
        """(high, low) of the bits that the code names."""
        return {(int(high or low or one), int(low or one)) for low, high, one in USE.findall(self.code)}


@dataclass
class Type:
    name: str
    kind: str
    path: str
    place: str
    bases: list
    comment: list
    members: list = made(default_factory=list)
    nested: list = made(default_factory=list)

    def is_register(self):
        return any(base.endswith(("Register", "Counter")) for base in self.bases)


def paragraph(lines):
    """The first paragraph of a comment, as one line."""
    first = []
    for line in lines:
        if not line.strip():
            break
        first.append(line.strip())
    return " ".join(first)


def items(lines):
    """The items of the lists in a comment."""
    found = []
    for line in lines:
        if line.startswith("- "):
            found.append(line[2:].strip())
        elif line.startswith("  ") and found:
            found[-1] += " " + line.strip()
    return found


def parse(comment):
    """The field that a comment begins with, and the number it has in brackets; None without the form."""
    match = FORM.fullmatch(comment)
    if not match:
        return None
    name, suffix, high, low, meaning = match.groups()
    meaning = meaning.replace("`", "").strip().removesuffix(".")
    return Field(name + (suffix or ""), int(high), int(low or high), meaning[:1].upper() + meaning[1:]), suffix or ""


class Specification:
    """The types of the files in `files`, (path, text) each, which are laid out by swift format."""

    def __init__(self, files):
        self.types = {}
        for path, text in files:
            self.read(path, text)

    def read(self, path, text):
        scopes, comment, member = [], [], None
        for number, line in enumerate(text.splitlines(), 1):
            code, depth = line.strip(), (len(line) - len(line.lstrip())) // 4
            if code.startswith("///"):
                comment.append(code[3:].removeprefix(" "))
                continue
            if scopes and depth == len(scopes) - 1 and code == "}":
                scopes.pop()
            declaration = TYPE.fullmatch(code) if depth == len(scopes) else None
            if declaration:
                scopes.append(self.declare(declaration, f"{path}:{number}", path, comment, scopes))
                member = None
                if declaration[4]:
                    scopes.pop()
            elif scopes and depth == len(scopes):
                member = self.member(code, f"{path}:{number}", comment, member, scopes[-1])
            elif member:
                member.code += code + "\n"
            comment = []

    def declare(self, declaration, place, path, comment, scopes):
        kind, name, bases, _ = declaration.groups()
        if kind == "extension" and name in self.types:
            return self.types[name]
        made = Type(name, kind, path, place, re.split(r", ", bases or ""), comment)
        if scopes:
            scopes[-1].nested.append(made)
        else:
            self.types[name] = made
        return made

    @staticmethod
    def member(code, place, comment, member, scope):
        if code == "}":
            return None
        match = MEMBER.fullmatch(code)
        if not match or match[1] == "raw":
            return None
        member = Member(match[1], match[2] or "", place, paragraph(comment), code + "\n")
        scope.members.append(member)
        return member

    def fields(self, type):
        """The fields of a type, from the lowest bit on."""
        found = [parse(item)[0] for item in items(type.comment) if parse(item)]
        for member in type.members:
            found += self.of_member(member, self.types.get(member.type))
        for nested in type.nested:
            known = {(one.name, one.high, one.low) for one in found}
            found += [one for one in self.fields(nested) if (one.name, one.high, one.low) not in known]
        return sorted(found, key=lambda one: one.low)

    def of_member(self, member, type):
        own, inner = parse(member.comment), self.fields(type) if type and not type.is_register() else []
        if own and inner:
            return [one.inside(own[1], own[0].low, own[0].meaning) for one in inner]
        return [own[0]] if own else inner

    def registers(self):
        return [one for one in self.types.values() if one.is_register()]


# Offences


def offences(files):
    """Comments without the form, or with other bits than the code, and files in Fields/ that are not up to date."""
    specification = Specification([one for one in files if is_source(one[0])])
    for register in specification.registers():
        yield from overlaps(register, specification.fields(register))
        for member in register.members + [one for nested in register.nested for one in nested.members]:
            yield from of_member(register, member, specification.fields(register))
    for type in specification.types.values():
        if not type.is_register():
            for member in type.members:
                yield from of_member(type, member, specification.fields(type))
    current = {path: text for path, text in files if is_generated(path)}
    wanted = generated(specification)
    for path in sorted(current.keys() | wanted.keys()):
        if current.get(path) != wanted.get(path):
            yield Offence(path, path, "is not what the comments say: make docs writes it anew")


def of_member(type, member, fields):
    own, uses = parse(member.comment), member.uses()
    place = f"{type.name}.{member.name}"
    if own and not own[0].meaning:
        yield Offence(place, member.place, f"{own[0].name} has no meaning")
    if own and "``" in member.comment:
        yield Offence(place, member.place, f"{own[0].name} names a property where a field has to be")
    if not own and ALMOST.match(member.comment):
        yield Offence(place, member.place, "not of the form 'ACRONYM, bits 7:0: meaning'")
    if own and uses and uses != {(own[0].high, own[0].low)}:
        said = ", ".join(f"{high}:{low}" for high, low in sorted(uses))
        yield Offence(place, member.place, f"{own[0].name} is {own[0].bits()} in its comment, {said} in the code")
    if not own:
        known = {bit for one in fields for bit in range(one.low, one.high + 1)}
        if any(bit not in known for high, low in uses for bit in range(low, high + 1)):
            yield Offence(place, member.place, f"{place} uses bits of no field")


def overlaps(register, fields):
    taken = {}
    for one in fields:
        if one.high < one.low or one.high > 31:
            yield Offence(register.name, register.place, f"{one.name} has no such bits: {one.bits()}")
        for bit in range(one.low, one.high + 1):
            if taken.setdefault(bit, one) != one:
                yield Offence(register.name, register.place, f"{taken[bit].name} and {one.name} share bit {bit}")
                break


# Swift


def is_source(path):
    return path.startswith(FOLDER + "/") and path.endswith("Registers.swift")


def is_generated(path):
    return path.startswith(FOLDER + "/Fields/")


def generated(specification):
    """Path and text of each file of Fields/."""
    bodies = {}
    for register in specification.registers():
        body = extension(register, specification.fields(register))
        if body:
            bodies.setdefault(register.path, []).append(body)
    return {target(path): header(path) + "".join(body) for path, body in bodies.items()}


def target(path):
    return f"{FOLDER}/Fields/{os.path.basename(path).replace('Registers.swift', 'Fields.swift')}"


def header(path):
    return (
        "// SPDX-License-Identifier: Apache-2.0\n\n"
        f"// Generated from the comments in {os.path.basename(path)} by Scripts/rules/fields.py; do not edit. `make docs`\n"
        "// writes it anew.\n// swift-format-ignore-file\n"
    )


def extension(register, fields):
    same = SAME.search(paragraph(register.comment))
    if same:
        return f"\nextension {register.name} {{\n    package static var fields: [RegisterField] {{ {same[1]}.fields }}\n}}\n"
    if not fields:
        return ""
    lines = "".join(
        f'            RegisterField("{one.name}", {one.low}...{one.high}, "{escaped(one.meaning)}"),\n' for one in fields
    )
    declaration = "package static var fields: [RegisterField]"
    return f"\nextension {register.name} {{\n    {declaration} {{\n        [\n{lines}        ]\n    }}\n}}\n"


def escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')


def main():
    paths = [path for path in sorted(glob.glob(f"{FOLDER}/*.swift", root_dir=ROOT)) if is_source(path)]
    files = generated(Specification([(path, open(os.path.join(ROOT, path)).read()) for path in paths]))
    os.makedirs(os.path.join(ROOT, FOLDER, "Fields"), exist_ok=True)
    for path in glob.glob(f"{FOLDER}/Fields/*.swift", root_dir=ROOT):
        if path not in files:
            os.remove(os.path.join(ROOT, path))
    for path, text in files.items():
        with open(os.path.join(ROOT, path), "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
