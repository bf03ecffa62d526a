# SPDX-License-Identifier: Apache-2.0
"""Declarations of Sources/ that nothing in Sources/ uses: functions, properties, types, constants. Tests do not count.

By the compiler's index, so a name used for something else is no use; nor is a use by what is itself unused. What others
call without a name is left alone: witnesses of protocols, overrides, cases of enums, constants of option sets,
initializers, operators, the program's entry. Of an unused type only the type is told. C functions are looked at too.
"""

import re
from collections import defaultdict

from exceptions import Offence
from index import BASE_OF, CONTAINED_BY, EXTENDED_BY, OVERRIDE_OF, TYPES, is_accessor
from swift import tokens

KINDS = TYPES | {
    "typealias", "function", "method", "class method", "static method", "property", "class property", "static property",
    "variable",
}
UNNAMED = {"wrappedValue", "projectedValue", "CodingKeys", "main()"}


def unused_declarations(program, files):
    """`files` are the sources, and those that build on them: what a benchmark names of a module it imports is used."""
    named = names_by_import(files)
    entries = {path for path, text in files if any(token.text == "@main" for token in tokens(text))}
    options = conforming(program, "OptionSet")
    candidates = [one for one in program.definitions if is_candidate(program, one, named, entries, options)]
    unused = find(program, candidates)
    for symbol in sorted(unused, key=lambda one: (program.definitions[one].path, program.definitions[one].line)):
        definition = program.definitions[symbol]
        if not unused & set(ancestors(program, symbol)):
            title = program.title(symbol)
            key = f"{definition.path.split('/')[1]} {title}"
            yield Offence(key, f"{definition.path}:{definition.line}", f"nothing uses {title}")


def names_by_import(files):
    """For each module, what files outside Sources/ that import it name."""
    named = defaultdict(set)
    for path, text in files:
        code = tokens(text) if not path.startswith("Sources/") else []
        for keyword, module in zip(code, code[1:]):
            if keyword.text == "import":
                named[module.text] |= {token.text for token in code}
    return named


def is_candidate(program, symbol, named, entries, options):
    definition, parent = program.definitions[symbol], program.parent(symbol)
    module = definition.path.split("/")[1]
    if symbol.kind not in KINDS or is_accessor(symbol) or symbol.name in UNNAMED:
        return False
    if not definition.path.endswith(".swift"):  # Headers of the system define a lot as well.
        return symbol.name.startswith("kw_") and symbol.name not in named[module]
    is_named = re.match(r"[^\W\d]|`", symbol.name)
    is_entry = definition.path in entries and parent is None and symbol.kind in TYPES
    is_option = symbol.kind == "static property" and parent in options
    return is_named and not (is_entry or is_option or symbol.name.split("(")[0] in named[module])


def find(program, candidates):
    """Candidates that nothing uses but what is unused too: all but those that can be reached from the others."""
    users = defaultdict(set)
    for use in program.uses:
        if not use.related(EXTENDED_BY):
            users[use.symbol].update(owner(program, one) for one in use.related(CONTAINED_BY) or [None])
    witnesses = {one.symbol for one in program.occurrences if one.related(OVERRIDE_OF)}
    unused = set(candidates) - witnesses
    while True:
        used = {one for one in unused if any(not is_part(program, user, unused, one) for user in users[one])}
        if not used:
            return unused
        unused -= used


def owner(program, symbol):
    """The property of an accessor; anything else itself."""
    return program.accessors.get(symbol, symbol)


def is_part(program, symbol, unused, itself):
    """Whether `symbol` stands in something unused, or in what it is asked about."""
    if symbol is None:
        return False
    return any(one in unused or one == itself for one in (symbol, *ancestors(program, symbol)))


def ancestors(program, symbol):
    while (symbol := program.parent(symbol)) is not None:
        yield symbol


def conforming(program, protocol):
    """The types that say they conform to `protocol`."""
    uses = (use for use in program.uses if use.symbol.name == protocol)
    return {program.extended.get(one, one) for use in uses for one in use.related(BASE_OF)}
