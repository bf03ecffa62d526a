# SPDX-License-Identifier: Apache-2.0
"""What the compiler knows about the sources: which declaration stands where, and who uses it.

A debug build writes it beside the objects (the index store, which editors read too), and libIndexStore of the toolchain
reads it. So a name that stands for several things is no riddle, as it is for a search through the text.
"""

import ctypes
import json
import os
import re
import subprocess
from dataclasses import dataclass, field

DEFINITION, REFERENCE, IMPLICIT = 1 << 1, 1 << 2, 1 << 8
CHILD_OF, BASE_OF, OVERRIDE_OF = 1 << 9, 1 << 10, 1 << 11
EXTENDED_BY, ACCESSOR_OF, CONTAINED_BY = 1 << 14, 1 << 15, 1 << 16
KINDS = {
    5: "enum", 6: "struct", 7: "class", 8: "protocol", 9: "extension", 11: "typealias", 12: "function", 13: "variable",
    15: "case", 16: "method", 17: "class method", 18: "static method", 19: "property", 20: "class property",
    21: "static property", 22: "initializer", 23: "deinitializer", 25: "parameter",
}
TYPES = {"enum", "struct", "class", "protocol"}
RECORD = 2
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclass(frozen=True)
class Symbol:
    """A declaration. `usr` names it throughout the program."""

    usr: str
    name: str = field(compare=False)
    kind: str = field(compare=False)


@dataclass(frozen=True)
class Occurrence:
    """A place where a symbol is declared or used. `relations` has (roles, symbol) of what stands around it."""

    symbol: Symbol
    roles: int
    path: str
    line: int
    relations: tuple

    def related(self, role):
        return [symbol for roles, symbol in self.relations if roles & role]


class Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    def __str__(self):
        return ctypes.string_at(self.data, self.length).decode() if self.length else ""


class Pointer(ctypes.c_void_p):
    """A pointer that stays one: ctypes makes a number of a plain `c_void_p`, cut to 32 bits in the next call."""


ON_TEXT = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, Text)
ON_POINTER = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, Pointer)


class Store:
    """The index store in the folder `path`."""

    def __init__(self, path):
        self.library = ctypes.CDLL(library())
        self.functions = {}
        self.error = ctypes.byref(Pointer())
        self.store = self.call("store_create", Pointer, os.fsencode(path), self.error)
        if not self.store:
            raise SystemExit(f"error: no index in {path}, where a debug build writes it")

    def call(self, name, result, *arguments):
        function = self.functions.get(name)
        if function is None:
            function = self.functions[name] = getattr(self.library, "indexstore_" + name)
            function.restype = result
        return function(*arguments)

    def each(self, name, of, kind=ON_POINTER, *options, do):
        """Calls `do` with each value that libIndexStore has for `of`."""
        failures = []

        def take(_, value):
            try:
                do(value)
                return True
            except Exception as failure:  # ctypes would print it and go on.
                failures.append(failure)
                return False

        self.call(name + "_apply_f", ctypes.c_bool, of, *options, None, kind(take))
        if failures:
            raise failures[0]

    def occurrences(self, wanted):
        """The occurrences in each file for which `wanted` gives a name."""
        names, found = [], []
        self.each("store_units", self.store, ON_TEXT, ctypes.c_uint(1), do=lambda name: names.append(str(name)))
        for name in names:
            unit = self.call("unit_reader_create", Pointer, self.store, name.encode(), self.error)
            path = wanted(str(self.call("unit_reader_get_main_file", Text, unit)))
            if path is not None:
                self.each("unit_reader_dependencies", unit, do=lambda one: self.read(one, path, found))
            self.call("unit_reader_dispose", None, unit)
        return found

    def read(self, dependency, path, found):
        """Adds what the record `dependency` has; other dependencies are modules and headers."""
        if self.call("unit_dependency_get_kind", ctypes.c_int, dependency) != RECORD:
            return
        name = str(self.call("unit_dependency_get_name", Text, dependency))
        record = self.call("record_reader_create", Pointer, self.store, name.encode(), self.error)
        symbols = {}
        self.each("record_reader_occurrences", record, do=lambda one: found.append(self.occurrence(one, path, symbols)))
        self.call("record_reader_dispose", None, record)

    def occurrence(self, one, path, symbols):
        line, column, relations = ctypes.c_uint(), ctypes.c_uint(), []
        self.call("occurrence_get_line_col", None, one, ctypes.byref(line), ctypes.byref(column))

        def relate(relation):
            symbol = self.call("symbol_relation_get_symbol", Pointer, relation)
            roles = self.call("symbol_relation_get_roles", ctypes.c_uint64, relation)
            relations.append((roles, self.symbol(symbol, symbols)))

        self.each("occurrence_relations", one, do=relate)
        symbol = self.symbol(self.call("occurrence_get_symbol", Pointer, one), symbols)
        roles = self.call("occurrence_get_roles", ctypes.c_uint64, one)
        return Occurrence(symbol, roles, path, line.value, tuple(relations))

    def symbol(self, pointer, symbols):
        if pointer.value not in symbols:
            symbols[pointer.value] = Symbol(
                str(self.call("symbol_get_usr", Text, pointer)),
                str(self.call("symbol_get_name", Text, pointer)),
                KINDS.get(self.call("symbol_get_kind", ctypes.c_int, pointer), "other"),
            )
        return symbols[pointer.value]


class Program:
    """All that is declared and used in the files of an index store that lie in the folder `root`/`sources`."""

    def __init__(self, store, root, sources="Sources"):
        start = os.path.join(os.path.realpath(root), sources) + os.sep

        def wanted(path):
            real = os.path.realpath(path)
            return real[len(start) - len(sources) - 1 :] if real.startswith(start) and os.path.exists(real) else None

        self.occurrences = Store(store).occurrences(wanted)
        self.definitions = {}
        for one in self.occurrences:
            if one.roles & DEFINITION and not one.roles & IMPLICIT:
                self.definitions.setdefault(one.symbol, one)
        self.uses = [one for one in self.occurrences if one.roles & REFERENCE and not is_accessor(one.symbol)]
        self.accessors = {one.symbol: of for one in self.occurrences for of in one.related(ACCESSOR_OF)}
        self.extended = {extension: one.symbol for one in self.uses for extension in one.related(EXTENDED_BY)}

    def parent(self, symbol):
        """The type that a member belongs to, whether it stands there or in an extension; `None` outside of types."""
        definition = self.definitions.get(symbol)
        for one in definition.related(CHILD_OF) if definition else ():
            if one.kind in TYPES:
                return one
            if one.kind == "extension":
                return self.extended.get(one, one)
        return None

    def title(self, symbol):
        """The name with the types around it: `Port.run()`."""
        parent = self.parent(symbol)
        return f"{self.title(parent)}.{symbol.name}" if parent else symbol.name


def current():
    """The program as it is now: brings the debug build up to date, which writes the index."""
    build = subprocess.run(["swift", "build"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if build.returncode:
        errors = dict.fromkeys(line for line in build.stdout.splitlines() if re.search(r"^\S*error: ", line))
        raise SystemExit("\n".join(["error: the rules need a debug build", *errors]))
    return Program(os.path.join(ROOT, ".build/debug/index/store"), ROOT)


def is_accessor(symbol):
    """`getter:count` and the like, which come with the use of the property itself."""
    return re.match(r"\w+:", symbol.name) is not None


def library():
    try:
        found = subprocess.run(["swiftc", "-print-target-info"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise SystemExit("error: swiftc is not in PATH") from None
    return os.path.join(os.path.dirname(json.loads(found)["paths"]["runtimeResourcePath"]), "libIndexStore.so")
