# SPDX-License-Identifier: Apache-2.0
"""Which folder of a module uses which other, by the compiler's index; and circles among them.

    Scripts/folders [--module NAME]             the matrix, the circles, and how large the type Port is
    Scripts/folders [--module NAME] FROM TO     what FROM uses of TO, and where

A folder is that below Sources/MODULE; files without one are in `(root)`. What counts are declarations, not how often
each is used. A type is used by an extension of it too.
"""

import sys
from collections import defaultdict

from exceptions import Offence
from index import ACCESSOR_OF, IMPLICIT, current, is_accessor
ROOT = "(root)"


def folder(path):
    """The folder of a file in its module: `Switch` of Sources/Intel82576/Switch/Model/Pool.swift."""
    parts = path.split("/")
    return parts[2] if len(parts) > 3 else ROOT


class Folders:
    """The folders of one module. `uses[a][b]` has the declarations of b that a uses, with the places where."""

    def __init__(self, program, module):
        self.uses = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        prefix = f"Sources/{module}/"
        homes = {symbol: folder(one.path) for symbol, one in program.definitions.items() if one.path.startswith(prefix)}
        self.names = set(homes.values())
        for use in program.uses:
            home = homes.get(use.symbol)
            if home and use.path.startswith(prefix) and home != folder(use.path):
                self.uses[folder(use.path)][home][program.title(use.symbol)].append(f"{use.path}:{use.line}")

    @property
    def arrows(self):
        return {(a, b) for a, used in self.uses.items() for b in used}

    def circles(self, arrows):
        """Sets of folders that reach each other."""
        reach = {name: reachable(name, arrows) for name in self.names}
        rings = {frozenset({b for b in reach[a] if a in reach[b]}) for a in self.names if a in reach[a]}
        return sorted(sorted(ring) for ring in rings)


def reachable(start, arrows):
    found, todo = set(), [start]
    while todo:
        here = todo.pop()
        for a, b in arrows:
            if a == here and b not in found:
                found.add(b)
                todo.append(b)
    return found


def circles(folders, allowed):
    """Arrows that close a circle, unless they are tolerated, and tolerated ones that close none."""
    tolerated = {tuple(key.split(" -> ")) for key in allowed}
    rest = folders.arrows - tolerated
    for ring in folders.circles(rest):
        for a, b in sorted(rest):
            if a in ring and b in ring:
                yield offence(folders, a, b)
    for a, b in sorted(tolerated & folders.arrows):
        if a in reachable(b, rest):
            yield offence(folders, a, b)
        else:
            rest.add((a, b))


def offence(folders, a, b):
    used = sorted(folders.uses[a][b])
    shown = ", ".join(used[:6]) + (", ..." if len(used) > 6 else "")
    return Offence(f"{a} -> {b}", f"{a} -> {b}", f"{len(used)} declarations: {shown}")


def matrix(folders):
    """A row for each folder: how many declarations of each other one it uses. Those that use fewest come first."""
    names = sorted(folders.names, key=lambda name: (len(folders.uses[name]), name))
    width = max(len(name) for name in names)
    yield " " * width + "".join(f"{name[:6]:>7}" for name in names)
    for a in names:
        cells = (len(folders.uses[a][b]) if b in folders.uses[a] else "-" if a == b else "." for b in names)
        yield f"{a:<{width}}" + "".join(f"{cell:>7}" for cell in cells)


def members(program, name):
    """How many stored properties, computed properties and functions the type has, extensions counted too."""
    written = (one for one in program.occurrences if one.symbol.name.startswith("getter:") and not one.roles & IMPLICIT)
    computed = {of for one in written for of in one.related(ACCESSOR_OF)}
    counts, files = defaultdict(int), set()
    for symbol, definition in program.definitions.items():
        parent = program.parent(symbol)
        if parent is None or parent.name != name or is_accessor(symbol):
            continue
        files.add(definition.path)
        if symbol.kind.endswith("property"):
            counts["computed properties" if symbol in computed else "stored properties"] += 1
        elif symbol.kind.endswith("method"):
            counts["functions"] += 1
    what = ", ".join(f"{counts[kind]} {kind}" for kind in ("stored properties", "computed properties", "functions"))
    return f"{name}: {what}, in {len(files)} files"


def main(arguments):
    module = "Intel82576"
    if arguments[:1] == ["--module"] and len(arguments) > 1:
        module, arguments = arguments[1], arguments[2:]
    if len(arguments) not in (0, 2) or arguments[:1] == ["--help"]:
        raise SystemExit(__doc__)
    program = current()
    folders = Folders(program, module)
    if arguments:
        for title, places in sorted(folders.uses[arguments[0]][arguments[1]].items()):
            print(title, *("    " + place for place in places), sep="\n")
        return
    print(*matrix(folders), sep="\n")
    for ring in folders.circles(folders.arrows):
        print("circle:", *ring)
    print(members(program, "Port"))


if __name__ == "__main__":
    main(sys.argv[1:])
