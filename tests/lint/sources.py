#!/usr/bin/env -S python3 -B
"""Which files the checks look at: those that git knows or would add, else all but build/."""
import os
import subprocess
import sys


def root():
    """The tree under inspection: the first argument, else the repository that this file lies in."""
    if len(sys.argv) > 1:
        return os.path.abspath(sys.argv[1])
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(top):
    """Paths relative to `top`, sorted."""
    if os.path.isdir(os.path.join(top, ".git")) or os.path.isfile(os.path.join(top, ".git")):
        listed = subprocess.run(
            ["git", "-C", top, "ls-files", "-co", "--exclude-standard", "-z"],
            check=True, capture_output=True, text=True).stdout.split("\0")
        return sorted(f for f in listed if f and os.path.isfile(os.path.join(top, f)))
    found = []
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = [s for s in subfolders if s not in ("build", "__pycache__")]
        found += [os.path.relpath(os.path.join(folder, n), top) for n in names]
    return sorted(found)


def cpp(top):
    return [f for f in files(top) if f.endswith((".h", ".cc"))]


def is_shell(top, path):
    with open(os.path.join(top, path), "rb") as f:
        first = f.readline(80)
    return path.endswith(".sh") or (first.startswith(b"#!") and b"sh" in first.split(b"/")[-1])


def text(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as f:
        return f.read()


def report(what, complaints):
    """Prints them and ends the program: 0 when there are none."""
    for complaint in complaints:
        print(complaint)
    if complaints:
        print(f"{what}: {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":  # for shell scripts: sources.py ROOT cpp|shell
    kind = sys.argv[2]
    chosen = cpp(root()) if kind == "cpp" else [f for f in files(root()) if is_shell(root(), f)]
    print("\n".join(chosen))
