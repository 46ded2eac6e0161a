"""scale_cores: what a second worker loop brings a perspective.

dns-01 checks a second by wall time, 256 in flight on four streams, of a perspective with two loops over one with
one loop. The load and the resolver run beside it and are the same for both; on a machine of two cores they
take what the second loop would need, so that the ratio says little there. Reported beside it: CPU of the
perspective for a check, with one loop and with two; what it grows by is what the loops cost each other.
"""
import contextlib

from measure import alternate, cpu_seconds
from perspective_lab import PerspectiveLab
from process import run_load

NAMES = ["scale_cores"]
CHECKS = 40000


def run(lab):
    """Checks a second, and CPU microseconds of each."""
    before = cpu_seconds(lab.pid)
    result = run_load(lab.check_load("dns-01", CHECKS, "--in-flight", 256, "--streams", 4))
    return result.per_second, (cpu_seconds(lab.pid) - before) / result.operations * 1e6


def figures(world):
    with contextlib.ExitStack() as labs:
        one, two = (labs.enter_context(PerspectiveLab(world, f"cores-{threads}", threads=threads))
                    for threads in (1, 2))
        pairs = alternate(lambda: run(one), lambda: run(two))
    cpu = pairs.figure("", "", of=lambda measured: measured[1])
    return [pairs.figure("scale_cores", "dns-01 checks/s, two loops over one", at_most=False,
                         of=lambda measured: measured[0], cpu_us_one=cpu.baseline, cpu_us_two=cpu.value)]
