#!/usr/bin/python3
"""Sends SIGHUP to the programs of a running laboratory while RAs ask, and holds what the RAs were told
against the audit log.

    reload.py LAB BIN PROTOS

The configuration of the coordinator loses a perspective and gets it back, gets tenants and loses one, changes
its log level, and is bad in several ways; a perspective gets tenants, and is bad. Ends with 0 and one line of
figures, or with 1 and every sentence that is not true.
"""
import argparse
import collections
import os
import pathlib
import re
import signal
import sys
import time
import urllib.request

import grpc
import storm

# What the coordinator says of a perspective that could not be asked, or that refused to look.
TROUBLE = ("PERSPECTIVE_UNREACHABLE", "PERSPECTIVE_AUTH", "UNSUPPORTED_METHOD", "OVERLOADED", "CANCELLED")
ONE_CHECK = "shop.example.com"


class Wrong(Exception):
    """A sentence that is not true."""


def must(condition, sentence):
    if not condition:
        raise Wrong(sentence)


def until(condition, sentence, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        must(time.monotonic() < end, f"{sentence} (within {seconds} s)")
        time.sleep(0.02)


class Load(storm.Storm):
    """RAs whose every answer also says what each perspective was good for."""

    def __init__(self, laboratory):
        super().__init__(laboratory, seed=0)
        self.troubles = collections.Counter()

    def hear(self, response):
        from mpic.v1 import check_pb2
        for answer in response.corroborations:
            for remote in answer.remotes:
                kind = check_pb2.Problem.Kind.Name(remote.problem.kind)
                if kind in TROUBLE:
                    with self.lock:
                        self.troubles[f"{remote.perspective_id}: {kind}"] += 1


class Program:
    """One of the laboratory's programs, its configuration file and what it says of itself."""

    def __init__(self, laboratory, name):
        self.laboratory, self.name = laboratory, name
        self.file = laboratory.lab / "config" / f"{name}.yaml"
        self.sound = self.file.read_text()
        self.admin = laboratory.addresses[f"admin/{name}"]

    def page(self, path):
        with urllib.request.urlopen(f"http://{self.admin}/{path}", timeout=5) as answer:
            return answer.read().decode()

    def metric(self, beginning):
        """The value of the first series that begins so; None when there is none."""
        for line in self.page("metrics").splitlines():
            if line.startswith(beginning):
                return float(line.rsplit(" ", 1)[1])
        return None

    def outcomes(self):
        return {outcome: self.metric(f'mpic_config_reloads_total{{outcome="{outcome}"}}')
                for outcome in ("taken", "refused")}

    def reload(self, text, outcome):
        """SIGHUP with this configuration; waits until it is told what came of it."""
        before = self.outcomes()
        # As an editor or a ConfigMap does it: never half a file.
        changed = self.file.with_suffix(".new")
        changed.write_text(text)
        changed.rename(self.file)
        os.kill(self.laboratory.pid(self.name), signal.SIGHUP)
        until(lambda: self.outcomes() != before, f"{self.name} heeds SIGHUP")
        after = self.outcomes()
        must(after[outcome] == before[outcome] + 1,
             f"{self.name}: {outcome} was expected; {before}, then {after}: {self.last_refusal()}")
        must(self.metric("mpic_config_last_reload_successful") == (outcome == "taken"),
             f"{self.name}: mpic_config_last_reload_successful after {outcome}")

    def last_refusal(self):
        said = [line for line in self.log().splitlines() if "configuration refused" in line]
        return said[-1] if said else "nothing was refused"

    def log(self):
        return (self.laboratory.lab / "log" / self.name).read_text()


def without_perspective(text, name):
    shorter = re.sub(rf"  - perspective_id: {name}\n(?:    .*\n)*", "", text)
    must(shorter != text, f"no {name} in the configuration")
    return shorter


def with_tenants(text, tenants):
    """In place of tls.allowed_peers: {tenant: (peer, more lines)}."""
    text = re.sub(r"  allowed_peers:\n(?:    - .*\n)*", "", text)
    lines = ["tenants:"]
    for tenant, (peer, more) in tenants.items():
        lines += [f"  - tenant_id: {tenant}", f'    peer_names: ["spiffe://mpic.demo/{peer}"]']
        lines += [f"    {line}" for line in more]
    return text + "\n".join(lines) + "\n"


def ask(laboratory, bearer="ra"):
    """One question on a connection of its own: the answer, or the code of the refusal."""
    from mpic.v1 import coordinator_pb2, coordinator_pb2_grpc
    request = coordinator_pb2.CorroborateRequest()
    check = request.inputs.add().check
    check.identifier.dns_name = ONE_CHECK
    check.dns_01.key_authorization = storm.KEY_AUTHORIZATION
    with laboratory.channel(bearer) as channel:
        try:
            answer = coordinator_pb2_grpc.MpicServiceStub(channel).Corroborate(request, timeout=10)
            return answer.corroborations[0]
        except grpc.RpcError as error:
            return error.code().name


def quorum(laboratory):
    answer = ask(laboratory)
    return answer if isinstance(answer, str) else answer.quorum.text


def change_perspectives(laboratory, coordinator):
    streams = 'mpic_coordinator_perspective_streams{perspective="ap-tokyo"'
    coordinator.reload(without_perspective(coordinator.sound, "ap-tokyo"), "taken")
    must(quorum(laboratory) == "5/5", f"without ap-tokyo: {quorum(laboratory)}")
    must(coordinator.metric(streams) is None, "ap-tokyo is still told of")
    coordinator.reload(coordinator.sound, "taken")
    must(quorum(laboratory) == "6/6", f"ap-tokyo is back: {quorum(laboratory)}")
    must(coordinator.metric(streams) == 1, "ap-tokyo is told of again")
    perspective = Program(laboratory, "ap-tokyo")
    until(lambda: perspective.metric("mpic_perspective_streams") == 1, "former streams have ended")


def refuse_bad_ones(laboratory, coordinator):
    sound = coordinator.sound
    for bad, said in ((sound + "policies: {}\n", "policies"),
                      (sound.replace("rir: APNIC", "rir: ASIANIC"), "ARIN"),
                      (sound.replace("threads: 1", "threads: 3"), "threads: takes effect on restart"),
                      (sound.replace('audit"', 'elsewhere"'), "audit.directory: takes effect on"),
                      (sound.replace("ap-tokyo.attestation.pub", "nowhere.pub"), "nowhere.pub"),
                      (re.sub(r"  allowed_peers:\n(?:    - .*\n)*", "", sound), "tls.allowed_peers: must name"),
                      ("", "listen")):
        must(bad != sound, f"no fault made for {said}")
        coordinator.reload(bad, "refused")
        until(lambda: said in coordinator.last_refusal(), f"{said} is in the log")
        must('"ap-tokyo"' in coordinator.page("configz"), "another configuration is shown")
        must(quorum(laboratory) == "6/6", f"the old configuration does not hold: {said}")


def heed_half_a_pair(laboratory, coordinator):
    """What is broken on disk is in force nowhere, and keeps nobody in force."""
    perspective = Program(laboratory, "us-ashburn")
    for program, more in ((coordinator, "log_level: warning\n"), (perspective, "log_level: warning\n")):
        certificate = pathlib.Path(re.search(r'certificate_file: "(.*)"', program.sound).group(1))
        whole = certificate.read_bytes()
        try:
            certificate.write_bytes(whole[:len(whole) // 2])
            program.reload(program.sound + more, "taken")
            must(quorum(laboratory) == "6/6", f"half a certificate of {program.name}")
        finally:
            certificate.write_bytes(whole)
        program.reload(program.sound, "taken")


def change_tenants(laboratory, coordinator):
    ra = {"ca-one": ("ra", ["labels: {contract: c-17}"])}
    must(ask(laboratory, "operator") == "PERMISSION_DENIED", "the operator is nobody's yet")
    coordinator.reload(with_tenants(coordinator.sound, ra | {"ca-two": ("operator", [])}), "taken")
    answer = ask(laboratory, "operator")
    must(not isinstance(answer, str) and answer.tenant_id == "ca-two", f"the operator: {answer}")
    must(coordinator.metric('mpic_tenant_info{contract="c-17",tenant="ca-one"}') == 1, "ca-one")
    must(ask(laboratory).tenant_id == "ca-one", "the RA is not ca-one's")
    must('"changed":"tenants, tls.allowed_peers"' in coordinator.log(), "what changed is not in the log")
    coordinator.reload(with_tenants(coordinator.sound, ra), "taken")
    must(ask(laboratory, "operator") == "PERMISSION_DENIED", "the operator is nobody's again")
    must(coordinator.metric('mpic_tenant_info{tenant="ca-two"}') is None, "ca-two is still told of")
    coordinator.reload(coordinator.sound, "taken")


def change_log_level(laboratory, coordinator):
    def verdicts():
        return coordinator.log().count('"msg":"corroboration"')

    coordinator.reload(coordinator.sound + "log_level: warning\n", "taken")
    # What was on its way when the level changed.
    until(lambda: verdicts() == (time.sleep(0.2), verdicts())[1], "the log is quiet")
    before = verdicts()
    must(quorum(laboratory) == "6/6", "a question under another log level")
    must(verdicts() == before, "info is logged at level warning")
    coordinator.reload(coordinator.sound, "taken")
    until(lambda: verdicts() > before, "info is logged again")


def change_a_perspective(laboratory):
    perspective = Program(laboratory, "us-ashburn")
    peers = {"ca": ("coordinator", ["methods: [dns-01]"]), "op": ("operator", [])}
    perspective.reload(with_tenants(perspective.sound, peers), "taken")
    until(lambda: (perspective.metric('mpic_perspective_tenant_checks_total{method="dns-01",'
                                      'outcome="passed",tenant="ca"}') or 0) > 0, "ca asks us-ashburn")
    for bad in (perspective.sound.replace("rir: ARIN", "rir: APNIC"), perspective.sound + "x: 1\n"):
        perspective.reload(bad, "refused")
    # Streams that go away again and again within half a second are opened again with a delay.
    time.sleep(1)
    perspective.reload(perspective.sound, "taken")
    time.sleep(1)


def dismiss_the_coordinator(laboratory):
    """Not under load: its questions are refused, which is the point."""
    perspective = Program(laboratory, "eu-athens")
    stranger = perspective.sound.replace("spiffe://mpic.demo/coordinator", "spiffe://mpic.demo/ra")
    perspective.reload(stranger, "taken")
    until(lambda: quorum(laboratory) == "5/6", "eu-athens takes no orders from the coordinator")
    perspective.reload(perspective.sound, "taken")
    until(lambda: quorum(laboratory) == "6/6", "eu-athens takes orders again")


def run(laboratory, load):
    coordinator = Program(laboratory, "coordinator")
    with load.working():
        until(lambda: load.given, "there is load")
        change_perspectives(laboratory, coordinator)
        refuse_bad_ones(laboratory, coordinator)
        heed_half_a_pair(laboratory, coordinator)
        change_tenants(laboratory, coordinator)
        change_log_level(laboratory, coordinator)
        change_a_perspective(laboratory)
    must(not load.unanswered, f"calls without an answer: {dict(load.unanswered)}")
    must(not load.troubles, f"perspectives that could not be asked: {dict(load.troubles)}")
    dismiss_the_coordinator(laboratory)
    return coordinator.outcomes()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("protos", type=pathlib.Path)
    options = parser.parse_args()
    storm.contract.generate(options.protos, options.lab / "generated")
    laboratory = storm.Laboratory(options.lab, options.programs)
    load = Load(laboratory)
    wrong = []
    outcomes = {}
    try:
        outcomes = run(laboratory, load)
    except Wrong as sentence:
        wrong.append(sentence)
    laboratory.terminate("coordinator")
    wrong += storm.unproven(laboratory, load)
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    verdicts = collections.Counter(given.verdict for given in load.given)
    print(f"configurations: {outcomes}; verdicts given: {dict(verdicts)}, none missing")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
