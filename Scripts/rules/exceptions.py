# SPDX-License-Identifier: Apache-2.0
"""Offences that are tolerated, a list for each rule in exceptions/. A stale entry offends too."""

import os
import re
from collections import Counter
from dataclasses import dataclass

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exceptions")
LINE = re.compile(r"(?:(\d+) +)?(.*?)\s*(?:#.*)?")


@dataclass(frozen=True)
class Offence:
    """`key` is what a list names; `place` and `text` are for the reader."""

    key: str
    place: str
    text: str

    def __str__(self):
        return f"{self.place}: {self.text}"


def read(rule, folder=FOLDER):
    """How many offences of each key are tolerated. A line is `[count] key [# reason]`."""
    allowed = Counter()
    for line in lines(rule, folder):
        count, key = LINE.fullmatch(line.strip()).groups()
        if key:
            allowed[key] += int(count or 1)
    return allowed


def judge(rule, offences, allowed):
    """What to say about `offences`, given those that are tolerated."""
    found = Counter(offence.key for offence in offences)
    said = [str(one) for one in offences if found[one.key] > allowed[one.key]]
    for key, count in allowed.items():
        if found[key] < count:
            said.append(f"exceptions/{rule}: '{key}' has {found[key]}, not {count}; `make shrink` lowers the list")
    return said


def shrink(rule, offences, folder=FOLDER):
    """Takes from the list of `rule` what no longer offends. Nothing is added."""
    left, kept = Counter(offence.key for offence in offences), []
    for line in lines(rule, folder):
        count, key = LINE.fullmatch(line.strip()).groups()
        if not key:
            kept.append(line)
            continue
        allowed = min(int(count or 1), left[key])
        left[key] -= allowed
        if allowed:
            kept.append(re.sub(r"^\d+", str(allowed), line) if count else line)
    if kept:
        with open(os.path.join(folder, rule), "w") as file:
            file.writelines(kept)


def lines(rule, folder):
    path = os.path.join(folder, rule)
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return file.readlines()
