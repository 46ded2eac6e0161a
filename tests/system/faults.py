"""What the tests of faulty perspectives, clocks and targets share: a laboratory with RAs that ask all the
time, single questions beside them, and at the end the audit log, held against what everybody was told.
"""
import argparse
import collections
import pathlib
import sys

import grpc
import storm
from reload import Program, Wrong, must, until

# The remotes that a test spoils, in this order: two of six may fail, a third breaks the quorum.
TOLERATED = ("eu-stockholm", "eu-madrid")
ONE_MORE = "eu-athens"
SPOILED = (*TOLERATED, ONE_MORE)
BACK_SECONDS = 30
# So that silence is told from slowness within a test's patience, and nobody is cut off before.
PATIENT = [('check_budget: "5s"', 'check_budget: "1s"'),
           ('straggler_grace: "500ms"', 'straggler_grace: "3s"')]

Answer = collections.namedtuple("Answer", "verdict quorum problem kinds details")


class Load(storm.Storm):
    """RAs that ask all the time; what single questions were told is held against the log as well."""

    def __init__(self, laboratory):
        super().__init__(laboratory, seed=0)

    def judge(self, name="shop.example.com", seconds=15):
        """One question on a connection of its own. The verdict of one that fails is its status code."""
        from mpic.v1 import check_pb2, coordinator_pb2, coordinator_pb2_grpc
        request = coordinator_pb2.CorroborateRequest(request_id="judge")
        check = request.inputs.add().check
        check.check_id = name
        check.identifier.dns_name = name
        check.dns_01.key_authorization = storm.KEY_AUTHORIZATION
        with self.laboratory.channel() as channel:
            try:
                one = coordinator_pb2_grpc.MpicServiceStub(channel).Corroborate(
                    request, timeout=seconds, wait_for_ready=True).corroborations[0]
            except grpc.RpcError as error:
                return Answer(error.code().name, "", "", {}, {"": error.details()})
        verdict = coordinator_pb2.Verdict.Name(one.verdict)
        with self.lock:
            self.given.append(storm.Given("judge", name, name, verdict, one.audit.sequence,
                                          one.audit.hash.hex()))
        kind = check_pb2.Problem.Kind.Name
        return Answer(verdict, one.quorum.text, kind(one.problem.kind),
                      {remote.perspective_id: kind(remote.problem.kind) for remote in one.remotes},
                      {remote.perspective_id: remote.problem.detail for remote in one.remotes})

    def must_be_back(self, quorum="6/6"):
        """All remotes answer within a bound that nothing but a hang exceeds."""
        last = []

        def whole():
            last[:] = [self.judge()]
            return last[0].quorum == quorum
        try:
            until(whole, "all remotes answer again", BACK_SECONDS)
        except Wrong as wrong:
            raise Wrong(f"{wrong}; the last answer was {last[0]}") from None


def series(metric, perspective, more=""):
    """The beginning of a series of the coordinator; labels stand in the order of the alphabet."""
    return f'mpic_coordinator_{metric}{{{more}perspective="{perspective}"'


def restart(laboratory, name, changes=()):
    """With another configuration; is ready when this returns. The former one must have ended with 0."""
    program = Program(laboratory, name)
    code = laboratory.terminate(name)
    must(code in (0, None), f"{name} ended with {code}")
    text = program.sound
    for old, new in changes:
        must(old in text, f"{old} does not stand in the configuration of {name}")
        text = text.replace(old, new)
    program.file.write_text(text)
    laboratory.start(name)
    until(lambda: is_up(program), f"{name} is up again")
    return program


def is_up(program):
    try:
        return program.page("readyz").strip() == "ok"
    except OSError:
        return False


def test(run, ground=storm.Laboratory):
    """The main function of a test: run(laboratory, load) returns what is told at the end, or raises Wrong."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("protos", type=pathlib.Path)
    options = parser.parse_args()
    storm.contract.generate(options.protos, options.lab / "generated")
    laboratory = ground(options.lab, options.programs)
    load = Load(laboratory)
    wrong, figures = [], {}
    try:
        figures = run(laboratory, load)
    except Wrong as sentence:
        wrong.append(sentence)
    code = laboratory.terminate("coordinator")
    if code not in (0, None):
        wrong.append(f"the coordinator ended with {code} on SIGTERM")
    wrong += storm.unproven(laboratory, load)
    verdicts = collections.Counter(given.verdict for given in load.given)
    if not verdicts["CORROBORATED"]:
        wrong.append("nothing was shown: no name was corroborated")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    print(f"{figures}; verdicts given: {dict(verdicts)}, all in the log; calls without an answer: "
          f"{dict(load.unanswered)}")
    sys.exit(1 if wrong else 0)
