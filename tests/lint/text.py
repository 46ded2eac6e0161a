#!/usr/bin/env -S python3 -B
"""Text of all files: size, white space, header guards, the form of TODO and NOLINT."""
import re
import sources

LINES_MAX = 400
SOURCES = (".h", ".cc", ".py", ".sh", ".proto")
# Measured by themselves elsewhere, or written by others.
EXEMPT_FROM_SIZE = ("protos/",)
TABS_ALLOWED = ("Makefile",)
# Abseil's timed waits, which end by the time of day: common/steady_condition.h.
TIMED_WAIT = re.compile(r"\b(?:Await|Wait|LockWhen)With(?:Timeout|Deadline)\b")
TIMED_WAITS_ALLOWED = ("tests/",)
TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
GOOD_TODO = re.compile(r"TODO\([a-z0-9#-]+\): \S")
NOLINT = re.compile(r"\bNOLINT(NEXTLINE|BEGIN|END)?\b")
GOOD_NOLINT = re.compile(r"NOLINT(NEXTLINE|BEGIN)?\([\w.-]+(, ?[\w.-]+)*\): \S|NOLINTEND\([\w.-]+\)")


def guard(path):
    return "MPIC_" + re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"


def line_complaints(path, number, line):
    where = f"{path}:{number}"
    if line != line.rstrip():
        yield f"{where}: white space at the end of the line"
    if "\t" in line and not path.endswith(TABS_ALLOWED):
        yield f"{where}: tab"
    if path.startswith("tests/lint/"):
        return  # these files talk about the words below
    if TIMED_WAIT.search(line) and not path.startswith(TIMED_WAITS_ALLOWED):
        yield f"{where}: a wait that a step of the clock disturbs, see common/steady_condition.h"
    if TODO.search(line) and not GOOD_TODO.search(line):
        yield f"{where}: a reminder is written TODO(who-or-issue): what"
    if NOLINT.search(line) and not GOOD_NOLINT.search(line):
        yield f"{where}: an exception is written NOLINT(check): reason"


def complaints_of(path, content):
    lines = content.split("\n")
    if content and not content.endswith("\n"):
        yield f"{path}: no newline at the end"
    if path.endswith(SOURCES) and not path.startswith(EXEMPT_FROM_SIZE) and len(lines) - 1 > LINES_MAX:
        yield f"{path}: {len(lines) - 1} lines, more than {LINES_MAX}: one idea a file"
    if path.endswith(".h") and f"#ifndef {guard(path)}\n" not in content:
        yield f"{path}: the guard is {guard(path)}"
    for number, line in enumerate(lines, 1):
        yield from line_complaints(path, number, line)


def main():
    top = sources.root()
    complaints = []
    for path in sources.files(top):
        if path == "LICENSE" or path.startswith("tests/data/") or path.endswith(".png"):
            continue
        try:
            complaints += complaints_of(path, sources.text(top, path))
        except UnicodeDecodeError:
            complaints.append(f"{path}: not UTF-8 text")
    sources.report("text", complaints)


main()
