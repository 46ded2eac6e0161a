#!/usr/bin/env -S python3 -B
"""clang-tidy over our C++ files:  tests/lint/tidy.py BUILD_DIR [FILE...]

Three measures keep it to minutes on two cores. Most of its time goes into system headers, so files of
a folder are looked at a few at a time, as one translation unit; where two of them clash they are
looked at in halves. Test programs, which always clash, are looked at one by one with fewer checks
(tests/.clang-tidy). And what was clean stays clean while the file, its headers, the rules and the
packages stay the same: BUILD_DIR/lint remembers digests."""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FILES_PER_BATCH = 8
TIDY = "clang-tidy-19"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
FINDING = re.compile(r"^(/\S+?):\d+:\d+: (?:error|warning): .*", re.M)


def common_flags(entries):
    """One set of compiler flags that suits every file: all that any of them needs."""
    flags = []
    for entry in entries:
        words = shlex.split(entry["command"])[1:]
        for at, word in enumerate(words):
            if word in ("-c", "-o", "-Werror", entry["file"]) or words[at - 1] in ("-o", "-isystem"):
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


def digest(file, base):
    sum_ = hashlib.sha256(base)
    for path in closure(file):
        sum_.update(path.encode() + b"\0" + read(path))
    return sum_.hexdigest()


class Tidy:
    def __init__(self, build, compiler_flags):
        self.compiler_flags = compiler_flags
        self.folder = os.path.join(os.path.abspath(build), "lint")
        os.makedirs(self.folder, exist_ok=True)
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

    def inspect(self, files):
        """[(file, clean, what was said)] of each of `files`."""
        if len(files) == 1:
            code, said = self.run(files[0])
            return [(files[0], code == 0, said)]
        unit = os.path.join(self.folder, hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]
                            + ".cc")
        with open(unit, "w", encoding="utf-8") as f:
            f.writelines(f'#include "{file}"  // NOLINT(bugprone-suspicious-include)\n' for file in files)
        code, said = self.run(unit)
        if code == 0:
            return [(f, True, "") for f in files]
        if "clang-diagnostic" in said:  # names clash, or one of them does not compile
            half = len(files) // 2
            return self.inspect(files[:half]) + self.inspect(files[half:])
        return [(files[0], False, said)] + [(f, False, "") for f in files[1:]]


def batches(files):
    """Neighbours come together, tests stay alone."""
    tests = [f for f in files if f.startswith(os.path.join(ROOT, "tests"))]
    others = sorted(set(files) - set(tests))
    yield from ([f] for f in tests)
    for at in range(0, len(others), FILES_PER_BATCH):
        yield others[at:at + FILES_PER_BATCH]


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
        for results in pool.map(tidy.inspect, batches(todo)):
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
