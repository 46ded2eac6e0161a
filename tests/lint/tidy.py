#!/usr/bin/env -S python3 -B
"""clang-tidy over our C++ files:  tests/lint/tidy.py BUILD_DIR [FILE...]

Three measures keep it to minutes on two cores. Nearly all of its time goes into system headers, so many
files are looked at as one translation unit. Their unnamed namespaces get names for that, each its own,
and files that would still see each other's come into different units; where two clash nevertheless, the
unit is looked at in halves. Test programs are looked at with fewer checks (tests/.clang-tidy). And what
was clean stays clean while the file, its headers, the rules and the packages stay the same:
BUILD_DIR/lint remembers digests."""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FILES_PER_UNIT = 24
TIDY = "clang-tidy-19"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
UNNAMED = re.compile(r"^namespace \{\n(.*?)^\}  // namespace\n", re.M | re.S)
# What is declared at the margin: the last word before what its value, parameters or members begin with.
DECLARED = re.compile(r"^(?![ #/}]|using |namespace |TEST|INSTANTIATE)[^\n]*?\b(\w+)(?: ?[({=;\[]| :|\n)", re.M)


def common_flags(entries):
    """One set of compiler flags that suits every file: all that any of them needs, optimised as
    programs are, and nothing precompiled, which would save nothing here."""
    flags = []
    for entry in entries:
        words = shlex.split(entry["command"])[1:]
        for at, word in enumerate(words):
            if (word in ("-c", "-o", "-Werror", "-O0", "-Xclang", entry["file"])
                    or words[at - 1] in ("-o", "-isystem", "-Xclang")):
                continue
            flag = [word, words[at + 1]] if word == "-isystem" else [word]
            if flag not in flags:
                flags.append(flag)
    return [word for flag in flags for word in flag]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def closure(file):
    """`file` and our own headers and protos that come with it."""
    found, open_files = set(), [file]
    while open_files:
        path = open_files.pop()
        if path in found or not os.path.isfile(path):
            continue
        found.add(path)
        for name in INCLUDE.findall(read(path).decode()):
            proto = re.sub(r"(\.grpc)?\.pb\.h$", ".proto", name)
            open_files += [os.path.join(ROOT, name)] if proto == name else [
                os.path.join(ROOT, "protos", proto), os.path.join(os.path.dirname(path), proto)]
    return sorted(found)


class Locals:
    """Names that a file keeps to itself, and those that it knows in the namespaces around."""

    def __init__(self, file):
        text = read(file).decode()
        self.declared = {name for body in UNNAMED.findall(text) for name in DECLARED.findall(body)}
        around = UNNAMED.sub("", text)
        if re.search(r"^int main\(", around, re.M):
            self.declared.add("main")
        self.used_around = self.declared & {"main", *re.findall(r"\w+", around)}
        for path in closure(file):
            if path.endswith(".h"):
                self.used_around.update(DECLARED.findall(read(path).decode()))

    def clash_with(self, other):
        return self.used_around & other.declared or self.declared & other.used_around


def digest(file, base):
    sum_ = hashlib.sha256(base)
    for path in closure(file):
        sum_.update(path.encode() + b"\0" + read(path))
    return sum_.hexdigest()


class Tidy:
    def __init__(self, build, compiler_flags):
        self.compiler_flags = compiler_flags
        self.folder = os.path.join(os.path.abspath(build), "lint")
        self.units = os.path.join(self.folder, "units")
        for folder in ("", "tests"):
            os.makedirs(os.path.join(self.units, folder), exist_ok=True)
            shutil.copy(os.path.join(ROOT, folder, ".clang-tidy"), os.path.join(self.units, folder))
        version = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout
        self.base = version + read(os.path.join(ROOT, ".clang-tidy"))
        self.base += read(os.path.join(ROOT, "tests", ".clang-tidy"))

    def stamp(self, file):
        return os.path.join(self.folder, hashlib.sha256(file.encode()).hexdigest()[:16])

    def is_known_clean(self, file):
        stamp = self.stamp(file)
        return os.path.isfile(stamp) and read(stamp).decode() == digest(file, self.base)

    def run(self, source):
        done = subprocess.run([TIDY, "--quiet", source, "--", *self.compiler_flags],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def unit(self, files):
        """A translation unit of copies of `files` whose unnamed namespaces have names."""
        lines = []
        for number, file in enumerate(files):
            copy = os.path.join(self.units, os.path.relpath(file, ROOT))
            text = re.sub(r"^namespace \{$", f"inline namespace unit_{number} {{", read(file).decode(),
                          flags=re.M)
            text = re.sub(r"^\}  // namespace$", f"}}  // namespace unit_{number}", text, flags=re.M)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            with open(copy, "w", encoding="utf-8") as f:
                f.write(text)
            lines.append(f'#include "{copy}"  // NOLINT(bugprone-suspicious-include)\n')
        name = hashlib.sha256("".join(lines).encode()).hexdigest()[:12] + ".cc"
        unit = os.path.join(self.units, "tests" if is_test(files[0]) else "", name)
        with open(unit, "w", encoding="utf-8") as f:
            f.writelines(lines)
        return unit

    def inspect(self, files):
        """[(file, clean, what was said)] of each of `files`."""
        if len(files) == 1:
            code, said = self.run(files[0])
            return [(files[0], code == 0, said)]
        code, said = self.run(self.unit(files))
        if code == 0:
            return [(f, True, "") for f in files]
        if "clang-diagnostic" in said:  # names clash, or one of them does not compile
            half = len(files) // 2
            return self.inspect(files[:half]) + self.inspect(files[half:])
        said = said.replace(self.units, ROOT)
        return [(files[0], False, said)] + [(f, False, "") for f in files[1:]]


def is_test(file):
    return file.startswith(os.path.join(ROOT, "tests") + os.sep)


def units(files):
    """Neighbours come together: each file into the first unit with room and without its names."""
    names = {file: Locals(file) for file in files}
    for kind in (False, True):
        open_units = []
        for file in sorted(f for f in files if is_test(f) == kind):
            mine = names[file]
            for unit in open_units:
                if len(unit) < FILES_PER_UNIT and not any(mine.clash_with(names[f]) for f in unit):
                    unit.append(file)
                    break
            else:
                open_units.append([file])
        yield from open_units


def findings(said):
    """The finding lines with their excerpts, without the compiler's small talk."""
    lines = [l for l in said.splitlines() if not re.match(r"\d+ warnings? |Suppressed |Use -header", l)]
    return "\n".join(lines).strip()


def is_ours(file):
    return (file.startswith(ROOT + os.sep) and os.path.isfile(file)
            and not file.startswith(os.path.join(ROOT, "build") + os.sep))


def main():
    with open(os.path.join(sys.argv[1], "compile_commands.json"), encoding="utf-8") as f:
        entries = [e for e in json.load(f) if is_ours(e["file"])]
    tidy = Tidy(sys.argv[1], common_flags(entries))
    wanted = [os.path.abspath(f) for f in sys.argv[2:]]
    ours = wanted or sorted({e["file"] for e in entries})
    todo = [f for f in ours if wanted or not tidy.is_known_clean(f)]
    print(f"tidy: {len(todo)} of {len(ours)} files", flush=True)
    dirty, seen = 0, set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(tidy.inspect, units(todo)):
            for file, clean, said in results:
                if clean:
                    with open(tidy.stamp(file), "w", encoding="utf-8") as f:
                        f.write(digest(file, tidy.base))
                    continue
                dirty += 1
                if said and said not in seen:
                    seen.add(said)
                    print(findings(said), flush=True)
    sys.exit(1 if dirty else 0)


main()
