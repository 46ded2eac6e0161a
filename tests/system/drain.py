#!/usr/bin/python3
"""Sends SIGTERM to the programs of a running laboratory while RAs ask, and holds what the RAs were told
against the audit log.

    drain.py LAB BIN PROTOS

A resolver that is stopped keeps checks in flight for as long as the test wants. Ends with 0 and one line of
figures, or with 1 and every sentence that is not true.
"""
import argparse
import collections
import contextlib
import os
import pathlib
import signal
import sys
import threading
import time
import urllib.error

import grpc
import storm
from reload import Program, Wrong, ask, must, until

DRAIN_SECONDS = 4
# Beyond the drain: what is cancelled still ends and is recorded.
MARGIN_SECONDS = 6


@contextlib.contextmanager
def silent_resolver(laboratory, place):
    """Whatever `place` asks its resolver is answered afterwards, or too late."""
    pid = laboratory.pid(f"unbound-{place}")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Question(threading.Thread):
    """One call under way."""

    def __init__(self, laboratory):
        super().__init__()
        self.laboratory, self.answer = laboratory, None
        self.start()

    def run(self):
        self.answer = ask(self.laboratory)

    def text(self):
        self.join()
        return self.answer if isinstance(self.answer, str) else self.answer.quorum.text


def serving(laboratory, service):
    """The coordinator's grpc.health.v1 by hand: a name in field 1 is asked, 1 in field 1 is serving."""
    with laboratory.channel() as channel:
        health = channel.unary_unary("/grpc.health.v1.Health/Check")
        name = service.encode()
        try:
            return health(b"\x0a" + bytes([len(name)]) + name, timeout=5) == b"\x08\x01"
        except grpc.RpcError as error:
            return error.code().name


def readiness(program):
    try:
        return program.page("readyz").strip()
    except urllib.error.HTTPError as error:
        return error.read().decode().strip()


def restart(laboratory, name, changes):
    """As our child, with another configuration, so that its exit code can be had."""
    program = Program(laboratory, name)
    laboratory.terminate(name)
    text = program.sound
    for old, new in changes:
        must(old in text, f"{old} does not stand in the configuration of {name}")
        text = text.replace(old, new)
    program.file.write_text(text)
    laboratory.start(name)
    return program


def terminate(laboratory, name):
    """SIGTERM in the background; [exit code, seconds] once it has ended."""
    ended = []

    def run():
        began = time.monotonic()
        ended.extend([laboratory.terminate(name), time.monotonic() - began])

    thread = threading.Thread(target=run)
    thread.start()
    return thread, ended


def must_have_ended(name, thread, ended, within):
    thread.join()
    code, seconds = ended
    must(code == 0, f"{name} ended with {code}")
    must(seconds <= within, f"{name} took {seconds:.1f} s to end, {within} s are configured")
    return seconds


def quorum_is(laboratory, text):
    answer = ask(laboratory)
    return not isinstance(answer, str) and answer.quorum.text == text


def drain_a_perspective(laboratory):
    """What it was asked it still answers; nothing new comes to it; nothing of it is missing."""
    perspective = restart(laboratory, "eu-athens",
                          [('drain_timeout: "2s"', f'drain_timeout: "{DRAIN_SECONDS}s"')])
    until(lambda: quorum_is(laboratory, "6/6"), "eu-athens is back", seconds=30)
    must(readiness(perspective) == "ok", "eu-athens is ready")
    with silent_resolver(laboratory, "eu-athens"):
        question = Question(laboratory)
        until(lambda: perspective.metric("mpic_perspective_checks_in_flight") == 1, "a check is in flight")
        thread, ended = terminate(laboratory, "eu-athens")
        until(lambda: readiness(perspective) == "shutting down", "eu-athens says that it shuts down", 3)
        must(quorum_is(laboratory, "5/6"), "whoever goes away is not asked")
        must(perspective.metric("mpic_perspective_checks_in_flight") == 1, "the check is still in flight")
    must(question.text() == "6/6", f"the check in flight was lost: {question.text()}")
    seconds = must_have_ended("eu-athens", thread, ended, DRAIN_SECONDS + 2)
    laboratory.start("eu-athens")
    until(lambda: quorum_is(laboratory, "6/6"), "eu-athens is back again", seconds=30)
    return seconds


def all_wait(load, coordinator, in_flight):
    """Two looks: a call counts as in flight for a moment after its worker has heard the answer."""
    def look():
        with load.lock:
            return len(load.given), coordinator.metric("mpic_coordinator_checks_in_flight")
    first = look()
    time.sleep(0.2)
    return first == look() and first[1] == in_flight


def drain_the_coordinator(laboratory, coordinator):
    """Under load: what is in flight is answered, what comes is refused."""
    load = storm.Storm(laboratory, seed=0)
    with load.working():
        until(lambda: load.given, "there is load")
        with silent_resolver(laboratory, "eu-frankfurt"):
            in_flight = storm.WORKERS * len(storm.NAMES)
            until(lambda: all_wait(load, coordinator, in_flight), "all workers wait")
            before = len(load.given)
            # Nobody comes again, but the one below.
            load.over.set()
            thread, ended = terminate(laboratory, "coordinator")
            until(lambda: serving(laboratory, "mpic.v1.MpicService") is False, "it is not serving", 3)
            must(serving(laboratory, "") is False, "under no name")
            must(readiness(coordinator) == "shutting down", f"it is {readiness(coordinator)}")
            must(ask(laboratory) == "UNAVAILABLE", "new calls are refused")
        seconds = must_have_ended("coordinator", thread, ended, DRAIN_SECONDS + 1)
    must(len(load.given) - before == in_flight,
         f"{in_flight} checks were in flight, {len(load.given) - before} were answered")
    return load, seconds


def cut_the_coordinator_off(laboratory, coordinator):
    """What does not finish in time is cancelled and recorded; it ends with 0 all the same."""
    laboratory.start("coordinator")
    until(lambda: quorum_is(laboratory, "6/6"), "the coordinator is back", seconds=30)
    # The one that told us may count as in flight for a moment after we have heard it.
    until(lambda: coordinator.metric("mpic_coordinator_checks_in_flight") == 0, "no check waits")
    with silent_resolver(laboratory, "eu-frankfurt"):
        question = Question(laboratory)
        until(lambda: coordinator.metric("mpic_coordinator_checks_in_flight") == 1, "a check waits")
        thread, ended = terminate(laboratory, "coordinator")
        seconds = must_have_ended("coordinator", thread, ended, DRAIN_SECONDS + MARGIN_SECONDS)
        must(question.text() in ("UNAVAILABLE", "CANCELLED"), f"was told {question.text()}")
    last = max(storm.records_of(laboratory.lab / "audit").items())[1][1]
    must(last["attempts"][-1]["problem"]["kind"] == "CANCELLED", f"the record says {last}")
    return seconds


def run(laboratory):
    seconds = {}
    # Whoever is slow is waited for.
    coordinator = restart(laboratory, "coordinator", [
        ('straggler_grace: "500ms"', 'straggler_grace: "20s"'), ('check_budget: "5s"', 'check_budget: "20s"'),
        ('drain_timeout: "2s"', f'drain_timeout: "{DRAIN_SECONDS}s"')])
    seconds["perspective"] = drain_a_perspective(laboratory)
    load, seconds["coordinator"] = drain_the_coordinator(laboratory, coordinator)
    seconds["cut off"] = cut_the_coordinator_off(laboratory, coordinator)
    return load, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("protos", type=pathlib.Path)
    options = parser.parse_args()
    storm.contract.generate(options.protos, options.lab / "generated")
    laboratory = storm.Laboratory(options.lab, options.programs)
    wrong, seconds, verdicts = [], {}, {}
    try:
        load, seconds = run(laboratory)
        wrong += storm.unproven(laboratory, load)
        verdicts = collections.Counter(given.verdict for given in load.given)
    except Wrong as sentence:
        wrong.append(sentence)
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    took = {name: round(value, 1) for name, value in seconds.items()}
    print(f"seconds to end: {took}; verdicts given: {dict(verdicts)}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
