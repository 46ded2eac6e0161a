"""inflight_memory: resident octets of a perspective for each check in flight.

20,000 http-01 checks (fewer where the machine lets no process have so many files open) are begun on two
streams, 4,000 a second so that no answer of the resolver is lost, against web servers that take the connection
and never say a word. When all are in flight, the resident size of the process is held against that of the idle
process just before. Every check has to end as CONN_TIMEOUT within its budget; one that is lost or ends
otherwise is an error. It is the first load of the process, so that nothing can lie in memory that was
freed before. `after_mib` tells what it still holds when it has given back what the load left free.
"""
import concurrent.futures
import resource
import time

from measure import resident_octets, single
from perspective_lab import PerspectiveLab, raise_open_files
from process import run_load

NAMES = ["inflight_memory"]
CHECKS_MAX = 20000
OTHER_FILES = 500  # beside the sockets of checks
HTTP_TIMEOUT_SECONDS = 20
GIVEN_BACK_SECONDS = 11  # what is free goes back to the system every ten


def resident_with_all_in_flight(lab, checks, load):
    """Resident octets at that moment; an error when the load ends before it comes."""
    while not load.done():
        if lab.metric("mpic_perspective_checks_in_flight") >= checks:
            time.sleep(2)  # the last ones have to connect
            return resident_octets(lab.pid)
        time.sleep(0.05)
    load.result()
    raise RuntimeError(f"there never were {checks} checks in flight")


def figures(world):
    raise_open_files()
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    checks = min(CHECKS_MAX, files - OTHER_FILES) // 2 * 2
    with PerspectiveLab(world, "memory", silent=True,
                        limits={"http_timeout": f"{HTTP_TIMEOUT_SECONDS}s"}) as lab:
        before = resident_octets(lab.pid)
        command = lab.check_load("http-01", checks, "--in-flight", checks, "--streams", 2, "--per-second", 4000,
                                 "--budget-seconds", 60, "--problem", "CONN_TIMEOUT")
        with concurrent.futures.ThreadPoolExecutor() as threads:
            load = threads.submit(run_load, command)
            during = resident_with_all_in_flight(lab, checks, load)
            load.result()
        time.sleep(GIVEN_BACK_SECONDS)
        after = resident_octets(lab.pid)
    mib = 1 << 20
    return [single("inflight_memory", (during - before) / checks / 1024, "KiB resident a check in flight", bar=24,
                   aim=12, checks=checks, before_mib=before / mib, during_mib=during / mib,
                   after_mib=after / mib)]
