# SPDX-License-Identifier: Apache-2.0
"""Tests that documentation names: each has to be there.

A table whose last column is `test` or `tests` has in it `Suite`, or `Suite, \\`function\\`, \\`function\\``, and several of
these with semicolons between. A suite is named as its file in Tests/ is.
"""

import os
import re
from collections import defaultdict

from exceptions import Offence

NAME = re.compile(r"\w+")
FUNCTION = re.compile(r"`(\w+)`")


def missing_tests(documents, files):
    """Offences in `documents`, given the (path, text) of all files."""
    suites = defaultdict(str)  # Files of one name in several folders are taken together.
    for path, text in files:
        if path.startswith("Tests/"):
            suites[os.path.basename(path)[: -len(".swift")]] += text
    for path, text in documents:
        for line, cell in cells(text):
            for part in filter(None, (part.strip() for part in cell.split(";"))):
                suite, functions = NAME.match(part), FUNCTION.findall(part)
                if not suite or suite.group() not in suites:
                    yield Offence(part, f"{path}:{line}", f"no suite of tests is '{part}'")
                    continue
                for function in functions:
                    if not re.search(rf"\bfunc {function}\b", suites[suite.group()]):
                        yield Offence(part, f"{path}:{line}", f"{suite.group()} has no test '{function}'")


def cells(text):
    """(line, last cell) of each row of the tables with tests in their last column."""
    has_tests = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            has_tests = False
            continue
        last = line.strip().strip("|").split("|")[-1].strip()
        if last in ("test", "tests"):
            has_tests = True
        elif has_tests and not re.fullmatch(r"[-: ]+", last):
            yield number, last
