#!/usr/bin/python3 -B
"""The bill of materials of an image names every package that its programs load from.  bill.py ROOT IMAGE"""
import json
import pathlib
import re
import subprocess
import sys


def inside(root, *command):
    return subprocess.run(["chroot", root, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                           *command], capture_output=True, text=True, check=True).stdout


def owner(root, path):
    """The package of a library, which Debian 12 may list under / or under /usr."""
    real = inside(root, "readlink", "-f", path).strip()
    for candidate in (real, real.removeprefix("/usr"), path):
        found = subprocess.run(["chroot", root, "dpkg-query", "-S", candidate], capture_output=True,
                               text=True, check=False).stdout
        if found:
            return found.split(":")[0]
    return f"nobody, who owns {path}"


def main():
    root, image = sys.argv[1:]
    bill = json.loads(pathlib.Path(root, "usr/share/mpic/bill.cdx.json").read_text())
    listed = {c["name"] for c in bill["components"] if c["scope"] == "required"}
    compiled_in = {c["name"] for c in bill["components"] if c["scope"] == "excluded"}
    programs = {"mpic-resolver": ["/usr/sbin/unbound"]}.get(image, [f"/usr/bin/{image}", "/usr/bin/mpicctl"])
    libraries = {line for program in programs
                 for line in re.findall(r"=> (/\S+)", inside(root, "ldd", program))}
    packages = {owner(root, library) for library in libraries}
    complaints = [f"{image}: loads from {p}, which its bill does not name" for p in packages - listed]
    if image != "mpic-resolver" and not {"libboost1.81-dev", "libcli11-dev"} <= compiled_in:
        complaints.append(f"{image}: its bill leaves out what was compiled in")
    if bill["metadata"]["component"]["name"] != image or not re.fullmatch(
            r"pkg:deb/debian/\S+\?arch=\w+&distro=debian-12", bill["components"][0]["purl"]):
        complaints.append(f"{image}: bill {bill['metadata']} {bill['components'][0]}")
    for complaint in complaints:
        print(complaint)
    print(f"{image}: {len(libraries)} libraries of {len(packages)} packages, all in a bill of {len(listed)}")
    sys.exit(1 if complaints or not libraries else 0)


main()
