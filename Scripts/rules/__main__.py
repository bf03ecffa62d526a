# SPDX-License-Identifier: Apache-2.0
"""Runs the rules that a script of a few lines cannot check. Prints each offence; exit status 1 if there is one.

    python3 Scripts/rules [--shrink]

--shrink takes from the lists in exceptions/ what no longer offends.
"""

import os
import subprocess
import sys

import exceptions
import fields
import folders
import functions
import layers
import offsets
import references
import unused
from index import ROOT, current

DEVICE = "Intel82576"


def sources(*patterns):
    """(path, text) of each file that git knows or would add, and that is there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [path for path in sorted(set(listed)) if os.path.exists(os.path.join(ROOT, path))]
    return [(path, open(os.path.join(ROOT, path)).read()) for path in paths]


def rules():
    """(rule, its title, offences)."""
    files = sources("Package.swift", "Sources/*.swift", "Tests/*.swift", "Guest/*.swift", "Benchmarks/*.swift", "Fuzz/*.swift")
    documentation = sources("docs/registers.md")[0][1]
    tables = sources("docs/defects.md", "docs/security.md")
    index = current()
    circles = folders.circles(folders.Folders(index, DEVICE), exceptions.read("circles"))
    users = [(path, text) for path, text in files if path.startswith(("Sources/", "Benchmarks/", "Guest/"))]
    yield "offsets", "register offsets outside the specification", offsets.register_offsets(files, documentation)
    yield "lengths", f"functions of more than {functions.LONGEST} lines", functions.long_functions(files)
    yield "parameters", "too many unlabelled parameters", functions.unlabelled_parameters(files)
    yield "references", "tests that documentation names and that are not there", references.missing_tests(tables, files)
    yield "fields", "fields of registers that comments, code and Fields/ do not agree on", fields.offences(files)
    yield "imports", "imports against the layers", layers.imports(files)
    yield "circles", f"circles between folders of {DEVICE}", circles
    yield "unused", "declarations nothing in Sources uses", unused.unused_declarations(index, users)


def main():
    said = False
    for rule, title, found in rules():
        found = list(found)
        if "--shrink" in sys.argv:
            exceptions.shrink(rule, found)
        lines = exceptions.judge(rule, found, exceptions.read(rule))
        if lines:
            said = True
            print(title + ":", *("    " + line for line in lines), sep="\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
