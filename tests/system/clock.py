#!/usr/bin/python3
"""Sets the clocks of the programs of a running laboratory while RAs ask, and holds what the RAs were told
against the audit log.

    clock.py LAB BIN PROTOS

Forward and back by hours, of all programs and of the coordinator alone, then by 400 days, when no certificate is
valid any more; set back in the middle of a drain. RAs, resolvers and this script keep the time that it is. Ends
with 0 and one line of figures, or with 1 and every sentence that is not true.
"""
import os
import struct

import drain
import faults
import storm
from faults import Program
from reload import must, until

HOUR, DAY = 3600, 86400
# Where all begin: certificates of today are valid here, and two hours before.
NOON = 4 * HOUR
# Whose resolvers fall silent during a drain: a check of theirs would last longer than anybody waits.
SILENCED = ("eu-athens", "eu-frankfurt")
PATIENT_RESOLUTION = [("threads: 1", 'limits: {dns_timeout: "10s"}\nthreads: 1')]


class Clock:
    """What is added to the time of day, for whoever has this file (stepped_clock.cc)."""

    def __init__(self, file):
        self.file = file
        file.write_bytes(bytes(8))
        self.set(NOON)

    def set(self, seconds):
        with open(self.file, "r+b") as file:
            file.write(struct.pack("<q", seconds * 1_000_000_000))


class SteppedLaboratory(storm.Laboratory):
    """Its programs, once they have been started again, have clocks that can be set."""

    def __init__(self, lab, programs):
        super().__init__(lab, programs)
        self.coordinators, self.others = Clock(lab / "clock.coordinator"), Clock(lab / "clock.others")

    def environment(self, name):
        clock = self.coordinators if name == "coordinator" else self.others
        return dict(os.environ, MPIC_CLOCK_STEP=str(clock.file),
                    LD_PRELOAD=str(self.programs / "libmpic_stepped_clock.so"))

    def set_all(self, seconds):
        self.coordinators.set(seconds)
        self.others.set(seconds)


def must_measure_soundly(laboratory):
    """No step of the clock is taken for the length of a check."""
    for name, histogram in (("coordinator", "mpic_coordinator_corroboration_duration_seconds_sum"),
                            ("us-ashburn", "mpic_perspective_check_duration_seconds_sum")):
        page = Program(laboratory, name).page("metrics").splitlines()
        for line in page:
            if line.startswith(histogram):
                must(0 <= float(line.rsplit(" ", 1)[1]) < HOUR, f"{name} measures {line}")


def set_forward_and_back(laboratory, load):
    for hours in (2, 0, -2, 0):
        laboratory.set_all(NOON + hours * HOUR)
        load.must_be_back()
        must_measure_soundly(laboratory)
    # Waiting for a connection, too, is not by the time of day.
    laboratory.kill("us-ashburn")
    laboratory.set_all(NOON - 2 * HOUR)
    until(lambda: load.judge().quorum == "5/6", "us-ashburn is gone")
    laboratory.start("us-ashburn")
    load.must_be_back()
    laboratory.set_all(NOON)
    load.must_be_back()


def disagree_about_the_time(laboratory, load):
    """Signed results are no evidence by the coordinator's clock: no verdict rests on them."""
    coordinator = Program(laboratory, "coordinator")
    refusals = 'mpic_coordinator_attestation_refusals_total{fault="time",perspective="eu-frankfurt"'
    for hours in (2, -2):
        before = coordinator.metric(refusals)
        laboratory.coordinators.set(NOON + hours * HOUR)
        # Abseil's clock is up to two seconds late to notice.
        until(lambda: load.judge().verdict == "NOT_COMPLETED", f"no verdict while the coordinator is {hours} h off")
        # Not necessarily one in that answer: who is slow may have been cancelled first.
        until(lambda: coordinator.metric(refusals) > before, "refusals for the time are counted")
        laboratory.coordinators.set(NOON)
        load.must_be_back()
    must('"fault":"time"' in coordinator.log(), "and logged")


def outlive_the_certificates(laboratory, load):
    """Whoever comes now is not let in, and who starts says why; those let in before grow old with the
    connection."""
    coordinator = Program(laboratory, "coordinator")
    untrusted = 'mpic_tls_handshake_failures_total{reason="untrusted"}'
    before = coordinator.metric(untrusted)
    laboratory.set_all(NOON + 400 * DAY)
    answer = load.judge(seconds=3)
    must(answer.verdict in ("UNAVAILABLE", "DEADLINE_EXCEEDED"), f"a new RA is let in: {answer}")
    until(lambda: coordinator.metric(untrusted) > before, f"{untrusted} grows")
    laboratory.kill("us-ashburn")
    laboratory.start("us-ashburn")
    code = os.waitstatus_to_exitcode(os.waitpid(laboratory.pid("us-ashburn"), 0)[1])
    said = Program(laboratory, "us-ashburn").log().splitlines()[-1]
    must(code != 0 and "expired" in said, f"us-ashburn ended with {code} and said {said}")
    laboratory.set_all(NOON)
    laboratory.start("us-ashburn")
    load.must_be_back()


def drain_while_it_is_set_back(laboratory, load):
    """What waits for a resolver that does not answer is cut off in time, by whatever clock."""
    seconds = {}
    for name, place in zip(("eu-athens", "coordinator"), SILENCED):
        program = Program(laboratory, name)
        in_flight = f"mpic_{'coordinator' if name == 'coordinator' else 'perspective'}_checks_in_flight"
        with drain.silent_resolver(laboratory, place):
            question = drain.Question(laboratory)
            until(lambda of=program, what=in_flight: of.metric(what) == 1, f"a check waits at {name}")
            thread, ended = drain.terminate(laboratory, name)
            until(lambda of=program: drain.readiness(of) == "shutting down", f"{name} shuts down", 3)
            laboratory.set_all(NOON - 2 * HOUR)
            # drain_timeout is 2 s.
            seconds[name] = drain.must_have_ended(name, thread, ended, 2 + drain.MARGIN_SECONDS)
        question.text()
        laboratory.set_all(NOON)
        laboratory.start(name)
        load.must_be_back()
    return seconds


def run(laboratory, load):
    for place in laboratory.perspectives:
        faults.restart(laboratory, place, PATIENT_RESOLUTION if place in SILENCED else ())
    # Nobody who is slow is cut off before the drain does it.
    faults.restart(laboratory, "coordinator", [
        ('straggler_grace: "500ms"', 'straggler_grace: "20s"'), ('check_budget: "5s"', 'check_budget: "20s"')])
    load.must_be_back()
    with load.working():
        until(lambda: load.given, "there is load")
        set_forward_and_back(laboratory, load)
        disagree_about_the_time(laboratory, load)
        outlive_the_certificates(laboratory, load)
    seconds = drain_while_it_is_set_back(laboratory, load)
    return f"seconds to end: { {name: round(value, 1) for name, value in seconds.items()} }"


if __name__ == "__main__":
    faults.test(run, SteppedLaboratory)
