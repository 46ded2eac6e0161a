"""A coordinator under 70 % of what it bears, for SOAK seconds: what it holds may grow while it warms up, in
the first minute, and hardly afterwards."""
import concurrent.futures
import os
import time

import coordinator_world
import measure

NAMES = ("soak",)
SECONDS = float(os.environ.get("SOAK", "600"))
WARM_UP_SECONDS = min(60, SECONDS / 3)
CONCURRENCY = 64
OPERATIONS = 6000
LOAD = 0.7


def figures(world):
    with coordinator_world.CoordinatorWorld(world) as grounds:
        grounds.perspectives()
        coordinator = grounds.coordinator()
        capacity = max(grounds.load(coordinator, OPERATIONS, concurrency=CONCURRENCY).per_second
                       for _ in range(3))
        rate = LOAD * capacity
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            load = pool.submit(grounds.load, coordinator, int(rate * SECONDS), rate=rate)
            early = _resident_after(WARM_UP_SECONDS, coordinator)
            late = _resident_after(SECONDS - WARM_UP_SECONDS - 2, coordinator)
            done = load.result()
        return [measure.single("soak", 100 * (late - early) / early,
                               "% growth of resident size after the first minute", bar=2,
                               seconds=done.seconds, rate=rate, p99_ms=done.p99_ms,
                               early_mib=early / 2**20, late_mib=late / 2**20)]


def _resident_after(seconds, coordinator):
    time.sleep(seconds)
    return measure.resident_octets(coordinator.pid)
