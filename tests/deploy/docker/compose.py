#!/usr/bin/python3 -B
"""The laptop of deploy/docker/compose.yaml: what it mounts is there, the real programs take the configurations,
and the names by which they ask each other are those of its services.  compose.py BIN LAPTOP_DIRECTORY"""
import pathlib
import re
import subprocess
import sys
import yaml
import dockerfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy/docker"


def mounts(service):
    """Source and target of each, in the form SOURCE:TARGET[:ro]."""
    return [m.split(":")[:2] for m in service.get("volumes", [])]


def file_complaints(compose, laptop):
    for name, service in compose["services"].items():
        for source, target in mounts(service):
            if not source.startswith("."):
                if source not in compose["volumes"]:
                    yield f"{name}: volume {source} is not declared"
            elif source.startswith("./laptop.d"):
                if not (laptop / source.removeprefix("./laptop.d/")).is_dir():
                    yield f"{name}: {source} for {target} is not written by deploy/docker/laptop"


def confinement_complaints(compose, stages):
    for name, service in compose["services"].items():
        if service.get("read_only") is not True or service.get("cap_drop") != ["ALL"]:
            yield f"{name}: is not confined"
        if any(not p.startswith("127.0.0.1:") for p in service.get("ports", [])):
            yield f"{name}: is open to the network of the laptop"
        built = service.get("build")
        if built and (built["target"] not in stages or not service["image"].startswith(built["target"] + ":")
                      or (FOLDER / built["context"]).resolve() != ROOT):
            yield f"{name}: {built} makes no {service['image']}"
        if not re.search(r":v?\d+\.\d+\.\d+$", service["image"]):
            yield f"{name}: {service['image']} is whatever is newest"


def check_config(binaries, program, folder):
    """The configuration before the program, which mounts `folder` at /etc/mpic."""
    file = folder / "config" / (program.removeprefix("mpic-") + ".yaml")
    config = yaml.safe_load(file.read_text())
    moved = folder / "config.yaml"
    moved.write_text(file.read_text().replace("/etc/mpic", str(folder)))
    ran = subprocess.run([f"{binaries}/{program}", "--check-config", "--config", str(moved)],
                         capture_output=True, text=True, check=False)
    moved.unlink()
    return config, "" if ran.returncode == 0 else f"{file}: {ran.stdout}{ran.stderr}"


def name_complaints(compose, binaries, laptop):
    services = compose["services"]
    coordinator, refused = check_config(binaries, "mpic-coordinator", laptop / "coordinator")
    if refused:
        yield refused
    if "lab" not in coordinator or len(coordinator["perspectives"]) != 7:
        yield "coordinator: no laboratory of a primary and six remotes"
    asked = set()
    for one in coordinator["perspectives"]:
        host, _, port = one["address"].rpartition(":")
        asked.add(host)
        if host not in services:
            yield f"coordinator: asks {host}, which is no service"
            continue
        config, refused = check_config(binaries, "mpic-perspective", laptop / host)
        if refused:
            yield refused
        if config["listen"] != f"0.0.0.0:{port}" or "lab" not in config:
            yield f"{host}: listens on {config['listen']}, asked at {port}"
        for field in ("perspective_id", "region", "rir", "location"):
            if config[field] != one[field]:
                yield f"{host}: {field} {config[field]} here, {one[field]} at the coordinator"
        beside = [s for s in services.values() if s.get("network_mode") == f"service:{host}"]
        if len(beside) != 1 or not beside[0]["image"].startswith("mpic-resolver:"):
            yield f"{host}: no resolver of its own"
    if asked != {name for name in services if name.startswith("perspective-")}:
        yield f"coordinator: asks {sorted(asked)}"
    targets = [t for f in ("perspectives", "coordinator") for one in yaml.safe_load(
        (laptop / f"targets/{f}.yml").read_text()) for t in one["targets"]]
    if sorted(targets) != sorted(f"{name}:9090" for name in asked | {"coordinator"}):
        yield f"prometheus: scrapes {targets}"


def main():
    binaries, laptop = sys.argv[1], pathlib.Path(sys.argv[2])
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    complaints = [*file_complaints(compose, laptop),
                  *confinement_complaints(compose, dockerfile.read(FOLDER / "Dockerfile")),
                  *name_complaints(compose, binaries, laptop)]
    for complaint in complaints:
        print(complaint)
    print(f"compose: {len(compose['services'])} services, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


main()
