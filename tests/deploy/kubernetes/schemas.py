#!/usr/bin/python3 -B
"""Holds rendered manifests to the schemas of Kubernetes, with unknown fields refused.
    schemas.py WHEEL RENDERED...
WHEEL is kubernetes-validate of PyPI, of which only the schemas are used."""
import json
import pathlib
import sys
import zipfile
import jsonschema
import yaml

# Native sidecars are of 1.29, the sleep of preStop of 1.30: the oldest that may be, and the newest here.
VERSIONS = ("1.30.0", "1.33.0", "1.37.0")
# Of operators, which bring their own: cert-manager, and the Prometheus operator.
CUSTOM = ("cert-manager.io/", "monitoring.coreos.com/")


def definitions(wheel, version):
    folder = f"kubernetes_validate/kubernetes-json-schema/v{version}-local-strict"
    return json.loads(wheel.read(f"{folder}/_definitions.json"))


def by_kind(schema):
    """Names of definitions, by apiVersion and kind."""
    found = {}
    for name, one in schema["$defs"].items():
        for kind in one.get("x-kubernetes-group-version-kind", []):
            version = "/".join(filter(None, (kind["group"], kind["version"])))
            found[version, kind["kind"]] = name
    return found


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    objects = [o for f in sys.argv[2:] for o in yaml.safe_load_all(pathlib.Path(f).read_text()) if o]
    complaints, checked = [], 0
    for version in VERSIONS:
        schema = definitions(wheel, version)
        names = by_kind(schema)
        for o in objects:
            if o["apiVersion"].startswith(CUSTOM):
                continue
            validator = jsonschema.Draft202012Validator(
                {"$ref": f"#/$defs/{names[o['apiVersion'], o['kind']]}", **schema})
            for error in validator.iter_errors(o):
                path = "/".join(map(str, error.path))
                complaints.append(f"{version}: {o['kind']} {o['metadata']['name']}: {path}: {error.message[:200]}")
            checked += 1
        broken = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"prots": []}}
        validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{names['v1', 'Service']}", **schema})
        if validator.is_valid(broken):
            complaints.append(f"{version}: sees nothing")
    for complaint in complaints:
        print(complaint)
    print(f"{checked} objects of Kubernetes' own held to {', '.join(VERSIONS)}, {len(complaints)} complaints")
    sys.exit(1 if complaints or not checked else 0)


main()
