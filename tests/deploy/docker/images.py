#!/usr/bin/python3 -B
"""Builds the root file systems of deploy/docker/Dockerfile on a Debian 12 of debootstrap, in WORK.
    images.py BIN BUILD WORK [MIRROR_OPTIONS...]
WORK/STAGE is then the root of each image. Run inside a mount namespace of its own."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import dockerfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
SKIP = 77


def base_system(work):
    """What debian:12-slim is made of: a minimal Debian 12."""
    made = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", f"{work}/base"],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        print(f"no Debian mirror within reach:\n{(made.stdout + made.stderr)[-1000:]}")
        sys.exit(SKIP)
    # Updates and security, as the images of Debian have them, where this machine has them.
    for source in ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"):
        if os.path.exists(source) and os.path.getsize(source):
            dockerfile.run("cp", source, f"{work}/base{source}")


def overlay(work, stage, below):
    for part in ("upper", "work"):
        os.makedirs(f"{work}/{part}/{stage}")
    os.makedirs(f"{work}/{stage}")
    dockerfile.run("mount", "-t", "overlay", "overlay", "-o",
                   f"lowerdir={below},upperdir={work}/upper/{stage},workdir={work}/work/{stage}",
                   f"{work}/{stage}")
    return f"{work}/{stage}"


def build_stage_complaints(stage):
    """The stage that compiles is not carried out: the programs are here already."""
    text = " ".join(rest for _, rest in stage.steps)
    if "install-packages build" not in text or "cmake --preset release" not in text:
        yield "build: does not build as `make build` does"
    made = re.search(r"--target ([\w -]+?) &&", text)
    if not made or set(made.group(1).split()) != {"mpic-coordinator", "mpic-perspective", "mpicctl"}:
        yield "build: other targets than the programs"
    for word, rest in stage.steps:
        if word == "COPY":
            for source in shlex.split(rest)[:-1]:
                if not (ROOT / source).exists():
                    yield f"build: COPY {source}: there is none"


def image_complaints(stage):
    user, labels = stage.said("USER") or "", stage.labels({"VERSION": "1", "REVISION": "2", "CREATED": "3"})
    if not re.fullmatch(r"[1-9]\d+:[1-9]\d+", user):
        yield f"{stage.name}: USER {user} is no number, or root's"
    if stage.said("STOPSIGNAL") != "SIGTERM":
        yield f"{stage.name}: STOPSIGNAL {stage.said('STOPSIGNAL')}"
    for key, value in (("title", stage.name), ("version", "1"), ("revision", "2"), ("created", "3")):
        if labels.get(f"org.opencontainers.image.{key}") != value:
            yield f"{stage.name}: label {key} is {labels.get(f'org.opencontainers.image.{key}')}"
    if not labels.get("org.opencontainers.image.licenses"):
        yield f"{stage.name}: no licence"


def main():
    binaries, build, work = sys.argv[1:4]
    stages = dockerfile.read(ROOT / "deploy/docker/Dockerfile")
    complaints = list(build_stage_complaints(stages["build"]))
    base_system(work)
    built_with = f"{work}/built-with"
    pathlib.Path(built_with).write_text(
        dockerfile.run(str(ROOT / "deploy/docker/bill"), "built-with", build))
    made = {"/src/build/release/bin": binaries, "/src/build/release": work}

    def context(origin, source):
        if origin is None:
            return str(ROOT / source)
        folder, name = os.path.split(source)
        return os.path.join(made[folder], name)

    below = {"${BASE}": f"{work}/base"}
    for stage in stages.values():
        if stage.name == "build":
            continue
        root = overlay(work, stage.name, below[stage.base])
        dockerfile.build(stage, root, context)
        below[stage.name] = f"{work}/upper/{stage.name}:{below[stage.base]}"
        if stage.name != "runtime":
            complaints += image_complaints(stage)
            pathlib.Path(work, f"{stage.name}.command").write_text(shlex.join(stage.command()) + "\n")
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)


main()
