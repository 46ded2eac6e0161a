#!/usr/bin/python3 -B
"""Structure of rendered manifests, and their configurations before the real programs.
    kubernetes.py NAME BIN RENDERED...
The files are those of all clusters of one overlay. Prints complaints; 0 when there are none."""
import copy
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import check_pods
import check_system
from manifests import WORKLOADS, World, config_file, namespace_of, where
from mutations import MUTATIONS, OF_CERTIFICATES

ROOT = pathlib.Path(__file__).resolve().parents[3]
VERSION = re.search(r"project\(mpic VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
EXPORTED = set(re.findall(r'"(mpic_\w+)"', "".join(
    f.read_text() for f in ROOT.glob("*/metrics.cc"))))


def complaints_of(world):
    for check in check_pods.ALL + check_system.ALL:
        yield from check(world)
    yield from check_system.scaling(world, EXPORTED)
    yield from check_system.images(world, VERSION)


def run(*command, **variables):
    ran = subprocess.run(command, capture_output=True, text=True, check=False,
                         env={**os.environ, **variables})
    return ran.returncode, (ran.stdout + ran.stderr).strip()


def make_certificate(folder):
    code, text = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-days", "1", "-subj", "/CN=manifests", "-addext",
                     "extendedKeyUsage=serverAuth,clientAuth", "-keyout", f"{folder}/tls.key",
                     "-out", f"{folder}/tls.crt")
    assert code == 0, text
    pathlib.Path(folder, "ca.crt").write_bytes(pathlib.Path(folder, "tls.crt").read_bytes())


def configuration_complaints(world, binaries):
    """Every configuration passes --check-config, and those of perspectives in no other region."""
    with tempfile.TemporaryDirectory() as folder:
        make_certificate(folder)
        for w in world.of(*WORKLOADS):
            program = f"{binaries}/mpic-{w['metadata']['name']}"
            file = pathlib.Path(folder, "config.yaml")
            file.write_text(config_file(world, w).replace("/etc/mpic/tls", folder).replace(
                "/var/lib/mpic", folder))
            command = (program, "--config", str(file), "--check-config")
            if w["kind"] == "StatefulSet":
                code, text = run(*command)
            else:
                region = namespace_of(w).removeprefix("mpic-")
                code, text = run(*command, NODE_REGION=region)
                elsewhere, reason = run(*command, NODE_REGION=region + "a")
                if elsewhere != 2 or "region: this process runs in" not in reason:
                    yield f"{where(w)}: would start in {region}a: {reason}"
            if code != 0 or "warning" in text:
                yield f"{where(w)}: {text}"
        for o in world.of("ConfigMap"):
            if "unbound.conf" in o["data"]:
                file = pathlib.Path(folder, "unbound.conf")
                file.write_text(o["data"]["unbound.conf"])
                code, text = run("/usr/sbin/unbound-checkconf", str(file))
                if code != 0:
                    yield f"{where(o)}: {text}"


def blind_checks(world):
    """Every fault that is put in must be told of."""
    for name, text, mutate in MUTATIONS + (OF_CERTIFICATES if world.of("Certificate") else ()):
        broken = copy.copy(world)
        broken.objects = copy.deepcopy(world.objects)
        mutate(broken)
        if not any(text in complaint for complaint in complaints_of(broken)):
            yield f"{world.name}: nobody noticed: {name}"


def main():
    name, binaries, *rendered = sys.argv[1:]
    world = World(name, [pathlib.Path(f).read_text() for f in rendered])
    count = len(world.of("StatefulSet")), len(world.of("Deployment"))
    complaints = [] if count == (1, 7) else [f"{name}: {count} coordinators and perspectives"]
    complaints += list(complaints_of(world)) + list(configuration_complaints(world, binaries))
    complaints += list(blind_checks(world))
    for complaint in complaints:
        print(complaint)
    print(f"{name}: {len(world.objects)} objects, {len(MUTATIONS)} faults noticed, "
          f"{len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


main()
