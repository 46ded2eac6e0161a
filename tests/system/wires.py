#!/usr/bin/python3
"""Spoils the ways between the coordinator and three of its six remotes while RAs ask, and holds what the RAs
were told against the audit log.

    wires.py LAB BIN PROTOS

Slow, reset at the handshake and again and again in the middle, noise in place of TLS: two are borne, a third
ends in NOT_COMPLETED, and once it is over all answer again. Ends with 0 and one line of figures, or with 1 and
every sentence that is not true.
"""
import contextlib
import threading

import faults
from faults import ONE_MORE, SPOILED, TOLERATED, series
from reload import must, until
from wire import Wire

UNHEARD = {"TIMED_OUT", "PERSPECTIVE_UNREACHABLE"}


@contextlib.contextmanager
def cutting(wire):
    """Its connections are reset again and again, whatever passes on them."""
    over = threading.Event()

    def cut():
        while not over.wait(0.5):
            wire.cut()
    thread = threading.Thread(target=cut)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def must_be_borne(load, what):
    answers = []

    def only_they_are_missing():
        answers[:] = [load.judge()]
        return answers[0].quorum == "4/6" and all(answers[0].kinds[place] in UNHEARD for place in TOLERATED)
    until(only_they_are_missing, f"four of six with {what}", faults.BACK_SECONDS)
    must(answers[0].verdict == "CORROBORATED", f"with {what}: {answers[0]}")
    must(load.judge("victim-bank.com").verdict == "NOT_CORROBORATED", f"a hijacked name with {what}")


def must_break_the_quorum(load, what):
    answers = []

    def not_completed():
        answers[:] = [load.judge()]
        return answers[0].verdict == "NOT_COMPLETED"
    until(not_completed, f"a quorum is missed with {what}", faults.BACK_SECONDS)
    must(answers[0].problem == "QUORUM_COUNT", f"with {what}: {answers[0]}")
    must(load.judge("victim-bank.com").verdict != "CORROBORATED", f"a hijacked name with {what}")


def spoil(load, coordinator, wires, ways):
    """The first two of `ways` are borne, with the third one the quorum is missed; all are mended again."""
    for place, way in zip(TOLERATED, ways):
        wires[place].turn(way)
    must_be_borne(load, ways[:2])
    wires[ONE_MORE].turn(ways[2])
    must_break_the_quorum(load, ways)
    slow = SPOILED[ways.index("slow")]
    until(lambda: coordinator.metric(series("open_circuits", slow)) == 1, f"{slow} is not asked any more")
    for wire in wires.values():
        wire.turn("straight")


def must_have_closed(coordinator):
    for place in SPOILED:
        must(coordinator.metric(series("open_circuits", place)) == 0, f"the circuit of {place} is closed")
    for line in ("circuit open", "circuit closed", "perspective lost"):
        must(f'"{line}"' in coordinator.log(), f"{line} is in the log")


def run(laboratory, load):
    wires = {place: Wire(laboratory.addresses[f"grpc/{place}"]) for place in SPOILED}
    coordinator = faults.restart(laboratory, "coordinator", faults.PATIENT + [
        (laboratory.addresses[f"grpc/{place}"], wires[place].address) for place in SPOILED])
    load.must_be_back()
    with load.working():
        until(lambda: load.given, "there is load")
        spoil(load, coordinator, wires, ("slow", "reset", "noise"))
        load.must_be_back()
        must_have_closed(coordinator)
        with cutting(wires[TOLERATED[1]]):
            spoil(load, coordinator, wires, ("noise", "straight", "slow"))
        load.must_be_back()
        must_have_closed(coordinator)
    return "slow, reset, cut and noisy ways survived"


if __name__ == "__main__":
    faults.test(run)
