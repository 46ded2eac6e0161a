#!/usr/bin/python3
"""Puts perspectives that lie, with valid certificates and signing keys, in the place of honest ones while RAs
ask, and holds what the RAs were told against the audit log.

    liars.py LAB BIN PROTOS

Two of six may lie however they like, and honest ones prevail; a third one breaks the quorum and never helps
a name that does not prove control. Ends with 0 and one line of figures, or with 1 and every sentence that is
not true.
"""
import contextlib

import faults
from faults import ONE_MORE, SPOILED, TOLERATED, series
from reload import must, until

# A name whose proof the primary and the tolerated ones see, deceived by a hijack, and nobody else.
HIJACKED = "victim-bank.com"
# What the coordinator may say of a remote that lies so, once its circuit is open as well.
KINDS = {"another_id": {"TIMED_OUT", "PERSPECTIVE_UNREACHABLE"},
         "garbage": {"PERSPECTIVE_RESPONSE_INVALID", "PERSPECTIVE_UNREACHABLE"},
         "another_region": {"PERSPECTIVE_IDENTITY"},
         "replay": {"PERSPECTIVE_RESPONSE_INVALID"}}


def lie(laboratory, place, fault):
    laboratory.kill(place)
    laboratory.start(place, "mpic_lying_perspective", "--fault", fault)


@contextlib.contextmanager
def honest_afterwards(laboratory, load):
    yield
    for place in SPOILED:
        laboratory.kill(place)
        laboratory.start(place)
    load.must_be_back()


def connected(coordinator, places):
    return all(coordinator.metric(series("perspective_streams", place)) == 1 for place in places)


def grows(coordinator, metric, place, more=""):
    name = series(metric, place, more)
    until(lambda: (coordinator.metric(name) or 0) > 0, f"{name} grows")


def must_be_refused(load, faults_of):
    """Liars are named, honest ones prevail; and these lies help nobody."""
    answer = load.judge()
    must((answer.verdict, answer.quorum) == ("CORROBORATED", f"{6 - len(faults_of)}/6"),
         f"with {faults_of}: {answer}")
    for place, fault in faults_of.items():
        must(answer.kinds[place] in KINDS[fault], f"{place} with {fault}: {answer}")
    answer = load.judge(HIJACKED)
    must(answer.verdict == "NOT_CORROBORATED", f"{HIJACKED} with {faults_of}: {answer}")


def must_break_the_quorum(load, what):
    """Those who see nothing usable are ours to mend: the domain is not blamed, and not corroborated."""
    answer = load.judge()
    must((answer.verdict, answer.problem) == ("NOT_COMPLETED", "QUORUM_COUNT"),
         f"with three liars ({what}): {answer}")
    answer = load.judge(HIJACKED)
    must(answer.verdict != "CORROBORATED", f"{HIJACKED} with three liars ({what}): {answer}")


def results_that_answer_nothing(laboratory, load, coordinator):
    """Another check id, and octets that are no result: unanswered, given up, not asked for a while."""
    faults_of = dict(zip(TOLERATED, ("another_id", "garbage")))
    for place, fault in faults_of.items():
        lie(laboratory, place, fault)
    with honest_afterwards(laboratory, load):
        open_circuit = series("open_circuits", TOLERATED[0])
        until(lambda: coordinator.metric(open_circuit) == 1, f"{open_circuit} under load")
        until(lambda: "holds no CheckResult" in coordinator.log(), "garbage is in the log")
        must_be_refused(load, faults_of)
        grows(coordinator, "unexpected_results_total", TOLERATED[0])
        lie(laboratory, ONE_MORE, "another_region")
        grows(coordinator, "identity_mismatches_total", ONE_MORE)
        must_break_the_quorum(load, "another_id, garbage, another_region")
    must(coordinator.metric(open_circuit) == 0, "its circuit is closed again")
    must("circuit open" in coordinator.log() and "circuit closed" in coordinator.log(), "both are logged")


def words_for_other_questions(laboratory, load):
    """Another region's, and what was validly signed for another question."""
    faults_of = dict(zip(TOLERATED, ("replay", "another_region")))
    for place, fault in (*faults_of.items(), (ONE_MORE, "replay")):
        lie(laboratory, place, fault)
    # Questions have numbers, which each coordinator begins anew: what the first is told, the second hears again.
    for what in ("recorded", "replayed"):
        coordinator = faults.restart(laboratory, "coordinator")
        until(lambda now=coordinator: connected(now, SPOILED), f"all liars are there to be {what}",
              faults.BACK_SECONDS)
        if what == "recorded":
            must(load.judge().quorum == "5/6", "those who record answer as honest ones do, once")
    with honest_afterwards(laboratory, load):
        must_break_the_quorum(load, "replay, another_region, replay")
        for place in (TOLERATED[0], ONE_MORE):
            grows(coordinator, "attestation_refusals_total", place, 'fault="nonce",')
        grows(coordinator, "identity_mismatches_total", TOLERATED[1])
        must('"fault":"nonce"' in coordinator.log(), "replays are in the log")
        laboratory.kill(ONE_MORE)
        laboratory.start(ONE_MORE)
        until(lambda: load.judge().verdict == "CORROBORATED", "two of them are borne", faults.BACK_SECONDS)
        must_be_refused(load, faults_of)


def more_than_was_asked(laboratory, load):
    """Answers twice, answers to nothing, and three that corroborate whatever they are asked."""
    for place, fault in zip(SPOILED, ("twice", "unknown_ids", "yes")):
        lie(laboratory, place, fault)
    coordinator = faults.restart(laboratory, "coordinator")
    with honest_afterwards(laboratory, load):
        load.must_be_back("6/6")
        answer = load.judge(HIJACKED)
        must((answer.verdict, answer.problem, answer.quorum) == ("NOT_CORROBORATED", "QUORUM_COUNT", "3/6"),
             f"{HIJACKED}, and three say yes to everything: {answer}")
        must(load.judge("broken.com").verdict == "NOT_CORROBORATED", "nobody outvotes the primary")
        for place in TOLERATED:
            grows(coordinator, "unexpected_results_total", place)


def run(laboratory, load):
    coordinator = faults.restart(laboratory, "coordinator", faults.PATIENT)
    load.must_be_back()
    with load.working():
        until(lambda: load.given, "there is load")
        results_that_answer_nothing(laboratory, load, coordinator)
        words_for_other_questions(laboratory, load)
        more_than_was_asked(laboratory, load)
    return "seven lies told and survived"


if __name__ == "__main__":
    faults.test(run)
