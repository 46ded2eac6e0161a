"""Reads a Dockerfile and builds its stages without an engine: RUN by chroot, COPY by cp.

Only what ours uses is known, anything else is an error: ARG, FROM, WORKDIR, COPY [--from], RUN in the shell
form, and what says how the image is run (LABEL, USER, EXPOSE, VOLUME, STOPSIGNAL, ENTRYPOINT, CMD)."""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess

SAID = ("LABEL", "USER", "EXPOSE", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD")


class Stage:
    def __init__(self, name, base):
        self.name, self.base = name, base
        self.steps = []  # (instruction, rest)

    def said(self, instruction):
        """What the last such instruction says, or None."""
        found = [rest for word, rest in self.steps if word == instruction]
        return found[-1] if found else None

    def command(self):
        return json.loads(self.said("ENTRYPOINT")) + json.loads(self.said("CMD"))

    def labels(self, values):
        text = substitute(self.said("LABEL"), {**self.arguments(), **values})
        return dict(re.findall(r'([\w.]+)="([^"]*)"', text))

    def arguments(self):
        return dict(rest.split("=", 1) for word, rest in self.steps if word == "ARG")


def substitute(text, values):
    return re.sub(r"\$\{(\w+)\}", lambda m: values[m.group(1)], text)


def read(path):
    """Stages by name, in order."""
    with open(path, encoding="utf-8") as f:
        lines = [line for line in f.read().split("\n") if not line.startswith("#")]
    stages, stage = {}, None
    for line in "\n".join(lines).replace("\\\n", " ").split("\n"):
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = stages[name] = Stage(name, base)
        elif word and stage:
            if word not in ("ARG", "WORKDIR", "COPY", "RUN") + SAID:
                raise ValueError(f"{path}: {word} is not understood here")
            stage.steps.append((word, rest.strip()))
    return stages


def run(*command):
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}:\n{(ran.stdout + ran.stderr)[-2000:]}")
    return ran.stdout


def copy(stage, root, context, rest):
    """COPY [--from=build] SOURCE... TARGET; `context` finds the sources."""
    *sources, target = shlex.split(rest)
    origin = sources.pop(0).removeprefix("--from=") if sources[0].startswith("--from=") else None
    for source in sources:
        found = glob.glob(context(origin, source))
        if not found:
            raise ValueError(f"{stage.name}: COPY {source}: there is none")
        into = root + target
        os.makedirs(into if target.endswith("/") else os.path.dirname(into), exist_ok=True)
        for one in found:
            shutil.copy(one, into)


def build(stage, root, context):
    """Carries out a stage in the root file system of its base."""
    for word, rest in stage.steps:
        if word == "COPY":
            copy(stage, root, context, rest)
        elif word == "RUN":
            command = substitute(rest, stage.arguments())
            run("chroot", root, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "/bin/sh",
                "-c", command)
