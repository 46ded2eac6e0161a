#!/usr/bin/python3
"""Makes remotes vanish without a word: packets are lost in a network namespace, or the process is stopped; and
holds what RAs were told meanwhile against the audit log.

    blackhole.py LAB BIN PROTOS

On a quiet stream (keepalive has to notice, also while the clock is set back), under load, and before there is a
connection. Two are borne, a third ends in NOT_COMPLETED, and once it is over all answer again. Ends with 0 and one
line of figures, or with 1 and every sentence that is not true.
"""
import contextlib
import os
import signal

import faults
from clock import HOUR, SteppedLaboratory
from faults import ONE_MORE, SPOILED, TOLERATED, series
from reload import must, until
from wire import Road, Wire
from wires import must_be_borne, must_break_the_quorum

# Pings every 30 s that may take 10 s (coordinator/generation.cc), and room.
KEEPALIVE_SECONDS = 75
ON_A_ROAD, STOPPED = (TOLERATED[0], ONE_MORE), TOLERATED[1]


@contextlib.contextmanager
def vanished(laboratory, roads, *places):
    for place in places:
        if place == STOPPED:
            os.kill(laboratory.pid(place), signal.SIGSTOP)
        else:
            roads[place].block()
    try:
        yield
    finally:
        for place in places:
            if place == STOPPED:
                os.kill(laboratory.pid(place), signal.SIGCONT)
            else:
                roads[place].clear()


def on_quiet_streams(laboratory, load, coordinator, roads):
    """Nobody asks: pings are all that can be missed, and they are also when the clock is set back."""
    with vanished(laboratory, roads, *TOLERATED):
        laboratory.coordinators.set(-2 * HOUR)
        for place in TOLERATED:
            streams = series("perspective_streams", place)
            until(lambda name=streams: coordinator.metric(name) == 0, f"{streams} falls", KEEPALIVE_SECONDS)
        laboratory.coordinators.set(0)
        for line in ("perspective lost", "clock set"):
            must(f'"{line}"' in coordinator.log(), f"{line} is in the log")
        must_be_borne(load, "two that were lost in silence")
    load.must_be_back()


def under_load(laboratory, load, coordinator, roads):
    with load.working():
        until(lambda: load.given, "there is load")
        with vanished(laboratory, roads, *TOLERATED):
            must_be_borne(load, "two that vanish under load")
            for place in TOLERATED:
                name = series("open_circuits", place)
                until(lambda of=name: coordinator.metric(of) == 1, f"{name} says that it is not asked any more")
            with vanished(laboratory, roads, ONE_MORE):
                must_break_the_quorum(load, "three that vanish under load")
        load.must_be_back()
        for place in SPOILED:
            must(coordinator.metric(series("open_circuits", place)) == 0, f"the circuit of {place} is closed")


def before_there_is_a_connection(laboratory, load, roads):
    with vanished(laboratory, roads, ONE_MORE):
        with vanished(laboratory, roads, *TOLERATED):
            coordinator = faults.restart(laboratory, "coordinator")
            must_break_the_quorum(load, "three that were never there")
            must(coordinator.metric("mpic_coordinator_quorum_margin") < 0, "the margin says so")
        until(lambda: load.judge().quorum == "5/6", "two have come", faults.BACK_SECONDS)
    load.must_be_back()


def run(laboratory, load):
    laboratory.coordinators.set(0)
    roads = {place: Road(number) for number, place in enumerate(ON_A_ROAD)}
    try:
        wires = {place: Wire(laboratory.addresses[f"grpc/{place}"], road.there, road.namespace)
                 for place, road in roads.items()}
        coordinator = faults.restart(laboratory, "coordinator", faults.PATIENT + [
            (laboratory.addresses[f"grpc/{place}"], wire.address) for place, wire in wires.items()])
        load.must_be_back()
        under_load(laboratory, load, coordinator, roads)
        on_quiet_streams(laboratory, load, coordinator, roads)
        before_there_is_a_connection(laboratory, load, roads)
    finally:
        for road in roads.values():
            road.end()
    return "vanished on quiet streams, under load and from the beginning"


if __name__ == "__main__":
    faults.test(run, SteppedLaboratory)
