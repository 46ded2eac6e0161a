"""A coordinator under 70 % of what it bears, for SOAK seconds: what it holds may grow while it warms up, in
the first minute, and hardly afterwards. What is in flight comes and goes by more than the bar, so that the mean of
the second minute is held against the mean of the last (of quarters, where SOAK is less than four minutes).
"""
import concurrent.futures
import os
import statistics
import time

import coordinator_world
import measure

NAMES = ("soak",)
SECONDS = float(os.environ.get("SOAK", "600"))
PART_SECONDS = min(60, SECONDS / 4)
CONCURRENCY = 64
OPERATIONS = 6000
LOAD = 0.7


def figures(world):
    with coordinator_world.CoordinatorWorld(world) as grounds:
        grounds.perspectives()
        coordinator = grounds.coordinator()
        # Not the best of them: a moment when the machine is fast would be asked of it for the whole time.
        capacity = statistics.median(
            grounds.load(coordinator, OPERATIONS, concurrency=CONCURRENCY).per_second for _ in range(3))
        rate = LOAD * capacity
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            load = pool.submit(grounds.load, coordinator, int(rate * SECONDS), rate=rate)
            time.sleep(PART_SECONDS)
            early = _mean_resident(PART_SECONDS, coordinator)
            time.sleep(SECONDS - 3 * PART_SECONDS)
            late = _mean_resident(PART_SECONDS - 2, coordinator)
            done = load.result()
        return [measure.single("soak", 100 * (late - early) / early,
                               "% growth of resident size after the first minute", bar=2,
                               seconds=done.seconds, rate=rate, p99_ms=done.p99_ms,
                               early_mib=early / 2**20, late_mib=late / 2**20)]


def _mean_resident(seconds, coordinator):
    end, octets = time.monotonic() + seconds, []
    while not octets or time.monotonic() < end:
        octets.append(measure.resident_octets(coordinator.pid))
        time.sleep(0.5)
    return statistics.mean(octets)
