#!/usr/bin/env -S python3 -B
"""Manual pages from what the programs say of themselves:  man.py SECTION PROGRAM OUT_DIR

Asks PROGRAM and all its commands for --help and writes PROGRAM.SECTION.gz and a page for every command
below it that has commands or options of its own (mpicctl-audit.1.gz). What --help does not say stands
in man/PROGRAM.txt beside this file: paragraphs below headings that begin with "= ".
"""
import gzip
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
# A row of CLI11's lists: words at column 2, what they mean behind two blanks or on the lines below.
ROW = re.compile(r"^  (\S.*?)(?:\s{2,}(\S.*))?$")
CONTINUED = re.compile(r"^ {20,}(\S.*)$")


def fail(message):
    sys.exit(f"man.py: {message}")


def said(command, *arguments):
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not done.stdout.strip():
        fail(f"{' '.join(command)} {' '.join(arguments)}: exit code {done.returncode}: {done.stderr}")
    return done.stdout


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + text if text[:1] in (".", "'") else text


class Help:
    """One --help, taken apart: description, usage, sections of rows, and the words at the end."""

    def __init__(self, text):
        self.description, self.usage, self.sections, self.footer = "", "", {}, []
        rows = None
        for line in text.splitlines():
            row, continued = ROW.match(line), CONTINUED.match(line)
            if line.startswith("Usage: "):
                self.usage = line[len("Usage: "):]
            elif not self.usage:
                self.description = f"{self.description} {line}".strip()
            elif re.match(r"^[A-Z].*:$", line) and not line.startswith("Exit codes"):
                rows = self.sections.setdefault(line[:-1], [])
            elif continued and rows:
                rows[-1][1] = f"{rows[-1][1]} {continued[1]}".strip()
            elif row and rows is not None and not self.footer:
                rows.append([row[1], row[2] or ""])
            elif line.strip() or self.footer:
                self.footer.append(line)

    def commands(self):
        return [words.split(",")[0] for words, _ in self.sections.get("Subcommands", [])]


def rows_of(rows):
    for words, meaning in rows:
        yield ".TP"
        yield f".B {escape(words)}"
        yield escape(meaning) or "\\&"


def body_of(page):
    for name, rows in page.sections.items():
        if rows:
            yield f'.SS "{escape(name)}"'
            yield from rows_of(rows)
    words = [line for line in page.footer if line.strip()]
    if words:
        yield ".PP"
        yield ".nf"
        yield from map(escape, words)
        yield ".fi"


def more_of(name):
    """man/NAME.txt as sections."""
    path = os.path.join(HERE, "man", f"{name}.txt")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as text:
        for line in text.read().splitlines():
            if line.startswith("= "):
                yield f".SH {line[2:].upper()}"
            elif match := re.match(r"^\* (.*?): (.*)$", line):
                yield from rows_of([[match[1], match[2]]])
            else:
                yield escape(line) if line else ".PP"


def page_of(section, version, command, page, details):
    """The lines of one manual page; `details` are the commands below that it explains as well."""
    name = "-".join(command)
    yield f'.TH {escape(name.upper())} {section} "" "mpic {version}"'
    yield ".SH NAME"
    yield f"{escape(name)} \\- {escape(page.description.rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f".B {escape(page.usage)}"
    yield ".SH OPTIONS"
    yield from body_of(page)
    for words, detail in details.items():
        yield f'.SH "{escape(words.upper())}"'
        yield escape(detail.description)
        yield ".PP"
        yield f".B {escape(detail.usage)}"
        yield from body_of(detail)
    yield from more_of(name)
    yield ".SH SEE ALSO"
    yield "Guide and field references in /usr/share/doc/mpic\\-*;"
    others = ["mpic-coordinator(8)", "mpic-perspective(8)", "mpicctl(1)"]
    yield ", ".join(f"\\fB{escape(other)}\\fP" for other in others if other != f"{name}({section})")


def write(path, lines):
    with gzip.GzipFile(path, "wb", 9, mtime=0) as out:
        out.write(("\n".join(lines) + "\n").encode())


def main():
    if len(sys.argv) != 4:
        fail("usage: man.py SECTION PROGRAM OUT_DIR")
    section, program, out = sys.argv[1:]
    name = os.path.basename(program)
    version = said([program], "--version").split()[-1]
    os.makedirs(out, exist_ok=True)
    top = Help(said([program], "--help"))
    write(os.path.join(out, f"{name}.{section}.gz"), page_of(section, version, [name], top, {}))
    titles = dict(top.sections.get("Subcommands", []))
    for command in top.commands():
        page = Help(said([program], command, "--help"))
        page.description = page.description or titles[command]
        details = {f"{command} {below}": Help(said([program], command, below, "--help"))
                   for below in page.commands()}
        # Words that stand below every command are said once.
        for detail in details.values():
            detail.footer = [] if detail.footer == page.footer else detail.footer
        write(os.path.join(out, f"{name}-{command}.{section}.gz"),
              page_of(section, version, [name, command], page, details))


if __name__ == "__main__":
    main()
