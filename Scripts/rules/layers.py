# SPDX-License-Identifier: Apache-2.0
"""Imports against the layers of the design: a module knows only those below it."""

import re

from exceptions import Offence

# From the ground up. Modules of one row do not know each other.
LAYERS = [
    {"CKawela"},
    {"PCIe", "HostSystem"},
    {"Intel82576", "ControlProtocol"},
    {"VFIOUser", "Backends", "EmbeddedDriver", "KawelaTop", "KawelaWeb"},
    {"KawelaDaemon"},
    {"kawela"},
]
# Beyond the rows: a transport knows no NIC; what runs on a clock and memory it is given knows no I/O and no more of the
# system than what `swift build` cannot leave out.
FORBIDDEN = {
    "VFIOUser": {"Intel82576"},
    "PCIe": {"HostSystem", "Glibc", "Foundation", "FoundationEssentials", "Logging", "SystemPackage"},
    "Intel82576": {"HostSystem", "Foundation", "FoundationEssentials", "Logging", "SystemPackage"},
    "EmbeddedDriver": {"HostSystem", "Glibc", "Foundation", "FoundationEssentials", "Logging", "SystemPackage"},
}
HEIGHTS = {module: height for height, row in enumerate(LAYERS) for module in row}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))? +)*(?:public |package |internal |private |fileprivate )?"
    r"import (?:(?:struct|class|enum|protocol|typealias|func|var|let) )?(\w+)"
)


def imports(files):
    for path, text in files:
        if not path.startswith("Sources/"):
            continue
        module = path.split("/")[1]
        for number, line in enumerate(text.splitlines(), 1):
            found = IMPORT.match(line)
            if found and not allows(module, found[1]):
                yield Offence(f"{module} -> {found[1]}", f"{path}:{number}", f"{module} must not know {found[1]}")


def allows(module, imported):
    if imported in FORBIDDEN.get(module, ()):
        return False
    if module not in HEIGHTS:
        raise SystemExit(f"error: Scripts/rules/layers.py has no layer for the module {module}")
    return imported not in HEIGHTS or HEIGHTS[imported] < HEIGHTS[module]
