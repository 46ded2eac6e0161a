#!/usr/bin/env -S python3 -B
"""Every file that a document of this repository links or names exists, and so does every test."""
import os
import re
import sources

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# `coordinator/policy/quorum.cc` in running text: a path with a folder of ours and a suffix.
NAMED = re.compile(r"`((?:common|coordinator|perspective|protos|tests|deploy|\.ci)/[\w./-]+\.\w+)`")
# `CohortTest.EveryRemoteTakesItsTurn`, `CohortTest`, and `.EveryRemoteTakesItsTurn` after one of them.
TESTS = re.compile(r"`(\w+Test)?(?:\.([A-Z]\w+))?`")
TEST = re.compile(r"^TEST(?:_[FP])?\((\w+),\s*(\w+)\)", re.M)
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)


def anchor(heading):
    """As forges make them: lower case, no punctuation, dashes for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")


def tests_of(top):
    """{suite: its cases}."""
    tests = {}
    for path in sources.files(top):
        if path.startswith("tests/") and path.endswith("_test.cc"):
            for suite, case in TEST.findall(sources.text(top, path)):
                tests.setdefault(suite, set()).add(case)
    return tests


def unknown_tests(content, tests):
    suite = None
    for named, case in TESTS.findall(content):
        suite = named or suite
        if suite and (named or case) and (suite not in tests or case and case not in tests[suite]):
            yield f"{suite}.{case}" if case else suite


def complaints_of(top, path, tests):
    content = re.sub(r"^```.*?^```", "", sources.text(top, path), flags=re.M | re.S)
    folder = os.path.dirname(path)
    for target in LINK.findall(content):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, fragment = target.partition("#")
        aim = os.path.normpath(os.path.join(folder, file)) if file else path
        if not os.path.exists(os.path.join(top, aim)):
            yield f"{path}: link to {target}: no such file"
        elif fragment and aim.endswith(".md"):
            anchors = {anchor(h) for h in HEADING.findall(sources.text(top, aim))}
            if fragment not in anchors:
                yield f"{path}: link to {target}: no such heading"
    for name in NAMED.findall(content):
        if not os.path.exists(os.path.join(top, name)):
            yield f"{path}: names {name}: no such file"
    for name in unknown_tests(content, tests):
        yield f"{path}: names {name}: no such test"


def main():
    top = sources.root()
    complaints = []
    tests = tests_of(top)
    for path in sources.files(top):
        if path.endswith(".md"):
            complaints += complaints_of(top, path, tests)
    sources.report("links", complaints)


main()
