"""From start to ready, and what is resident at rest, of both programs."""
import json
import statistics
import time

import coordinator_world
import measure
import process

NAMES = ("startup", "startup_coordinator", "startup_perspective", "resident_coordinator",
         "resident_perspective")
STARTS = 5
REST_SECONDS = 2


def figures(world):
    return _of("coordinator", lambda: _coordinator(world)) + _of("perspective", lambda: _perspective(world))


def _of(program, start):
    seconds, cpu_seconds, octets = zip(*(start() for _ in range(STARTS)))
    milliseconds = [1000 * one for one in seconds]
    return [measure.single(f"startup_{program}", statistics.median(milliseconds), "ms from start to ready",
                           bar=300, value_min=min(milliseconds), value_max=max(milliseconds),
                           cpu_ms=1000 * statistics.median(cpu_seconds)),
            measure.single(f"resident_{program}", statistics.median(octets) / 2**20, "MiB at rest", bar=40)]


def _coordinator(world):
    with coordinator_world.CoordinatorWorld(world) as grounds:
        grounds.perspectives()
        return _at_rest(grounds.coordinator().process)


def _perspective(world):
    """Its resolver is not asked before there is a check, unless it claims to validate."""
    admin = f"127.0.0.1:{world.port()}"
    path = world.file("perspective.yaml", json.dumps({
        "perspective_id": "frankfurt", "region": "frankfurt", "rir": "RIPE NCC",
        "location": {"latitude": 50.11, "longitude": 8.68},
        "resolver": {"address": f"127.0.0.1:{world.port()}"},
        "listen": f"127.0.0.1:{world.port()}", "admin_listen": admin,
        "tls": world.tls("perspective/frankfurt", ["coordinator"])}))
    with process.Process([world.program("mpic-perspective"), "--config", path],
                         ready_url=f"http://{admin}/readyz") as running:
        return _at_rest(running)


def _at_rest(running):
    time.sleep(REST_SECONDS)
    return running.ready_seconds, running.ready_cpu_seconds, measure.resident_octets(running.pid)
