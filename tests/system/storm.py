#!/usr/bin/python3
"""Kills programs of a running laboratory at random while RAs ask, and then holds what the RAs were told
against the audit log.

    storm.py LAB BIN PROTOS --seconds N [--seed S]

For N seconds, workers ask for names that prove control and names that do not, while perspectives and the
coordinator are killed with SIGKILL and started again. Afterwards:

    * every verdict that anybody was given stands in the log, as it was given;
    * the chain of the log holds (mpicctl audit verify);
    * no name that does not prove control was ever corroborated;
    * all six remotes answer again.

Ends with 0 and one line of figures, or with 1 and every sentence that is not true.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ra_client"))
import grpc  # noqa: E402
import contract  # noqa: E402

WORKERS = 6
KEY_AUTHORIZATION = ("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA."
                     "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
# name -> whether its control is proven to a quorum
NAMES = {"shop.example.com": True, "api.example.com": True, "victim-bank.com": False,
         "geo-shop.com": False, "broken.com": False}

Given = collections.namedtuple("Given", "request_id check_id name verdict sequence hash")


class Laboratory:
    """The processes of LAB, by the names that deploy/demo gives them."""

    def __init__(self, lab, programs):
        self.lab, self.programs = lab, programs
        lines = (lab / "addresses").read_text().split("\n")
        self.addresses = dict(line.split() for line in lines if line)
        self.perspectives = sorted(name.removeprefix("grpc/") for name in self.addresses
                                   if name.startswith("grpc/") and name != "grpc/coordinator")

    def pid(self, name):
        return int((self.lab / "pids" / name).read_text())

    def start(self, name, program=None, *arguments):
        """The program of that name, or another one in its place."""
        program = program or ("mpic-coordinator" if name == "coordinator" else "mpic-perspective")
        with open(self.lab / "log" / name, "ab") as log:
            process = subprocess.Popen(
                [self.programs / program, "--config", self.lab / "config" / f"{name}.yaml",
                 *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(name))
        (self.lab / "pids" / name).write_text(f"{process.pid}\n")

    def environment(self, _name):
        """Of a program that is started; None: ours."""

    def kill(self, name):
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        # Its socket and its lock are free once it is no more; ours are reaped, the others are not.
        deadline = time.monotonic() + 10
        while pathlib.Path(f"/proc/{pid}/fd").exists() and time.monotonic() < deadline:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            time.sleep(0.01)

    def terminate(self, name):
        """SIGTERM; the exit code, when it was started by us."""
        pid = self.pid(name)
        try:
            os.kill(pid, signal.SIGTERM)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        except ProcessLookupError:
            return None
        except ChildProcessError:
            while pathlib.Path(f"/proc/{pid}/fd").exists():
                time.sleep(0.01)
            return None

    def channel(self, bearer="ra", server="coordinator"):
        tls = self.lab / "tls"
        credentials = grpc.ssl_channel_credentials(
            (tls / "ca.pem").read_bytes(), (tls / f"{bearer}.key").read_bytes(),
            (tls / f"{bearer}.pem").read_bytes())
        return grpc.secure_channel(
            self.addresses[f"grpc/{server}"], credentials,
            [("grpc.ssl_target_name_override", "localhost"),
             ("grpc.max_reconnect_backoff_ms", 500)])


class Storm:
    def __init__(self, laboratory, seed):
        self.laboratory = laboratory
        self.random = random.Random(seed)
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.given = []
        self.unanswered = collections.Counter()
        self.kills = collections.Counter()

    # Calls wait for the coordinator: only a call that waits has Python's gRPC look after its
    # connection. Others fail at once, and a handshake that nobody looks after comes to no end.
    def ask(self, stub, request_id):
        from mpic.v1 import coordinator_pb2
        request = coordinator_pb2.CorroborateRequest(request_id=request_id)
        for name in NAMES:
            check = request.inputs.add().check
            check.check_id = name
            check.identifier.dns_name = name
            check.dns_01.key_authorization = KEY_AUTHORIZATION
        response = stub.Corroborate(request, timeout=10, wait_for_ready=True)
        self.hear(response)
        return [Given(request_id, one.check_id, one.check_id,
                      coordinator_pb2.Verdict.Name(one.verdict), one.audit.sequence,
                      one.audit.hash.hex()) for one in response.corroborations]

    def hear(self, response):
        """For what else is asked of an answer."""

    def work(self, number):
        from mpic.v1 import coordinator_pb2_grpc
        count = 0
        with self.laboratory.channel() as channel:
            stub = coordinator_pb2_grpc.MpicServiceStub(channel)
            while not self.over.is_set():
                count += 1
                try:
                    given = self.ask(stub, f"storm-{number}-{count}")
                except grpc.RpcError as error:
                    with self.lock:
                        self.unanswered[error.code().name] += 1
                    time.sleep(0.05)
                else:
                    with self.lock:
                        self.given += given

    @contextlib.contextmanager
    def working(self):
        """RAs ask meanwhile."""
        workers = [threading.Thread(target=self.work, args=(n,)) for n in range(WORKERS)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.over.set()
            for worker in workers:
                worker.join()

    def rage(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self.random.uniform(0.2, 1.0))
            name = ("coordinator" if self.random.random() < 0.3
                    else self.random.choice(self.laboratory.perspectives))
            self.laboratory.kill(name)
            self.kills["coordinator" if name == "coordinator" else "perspectives"] += 1
            time.sleep(self.random.uniform(0, 0.3))
            self.laboratory.start(name)

    def calm(self, seconds):
        """Empty when all six remotes answer again, else what was answered last."""
        from mpic.v1 import coordinator_pb2, coordinator_pb2_grpc
        request = coordinator_pb2.CorroborateRequest(request_id="calm")
        check = request.inputs.add().check
        check.identifier.dns_name = "shop.example.com"
        check.dns_01.key_authorization = KEY_AUTHORIZATION
        end = time.monotonic() + seconds
        last = ""
        with self.laboratory.channel() as channel:
            stub = coordinator_pb2_grpc.MpicServiceStub(channel)
            while time.monotonic() < end:
                try:
                    answer = stub.Corroborate(
                        request, timeout=5, wait_for_ready=True).corroborations[0]
                    if answer.quorum.text == "6/6":
                        return ""
                    last = "; ".join([answer.problem.detail] + [
                        remote.problem.detail for remote in answer.remotes])
                except grpc.RpcError as error:
                    last = error.details()
                time.sleep(0.1)
        return f"not all six remotes answer again: {last}"

    def run(self, seconds):
        with self.working():
            self.rage(seconds)
            return self.calm(30)


def records_of(directory):
    """{sequence: (hash, record)} of all segments."""
    records = {}
    for segment in sorted(directory.glob("audit-*.jsonl")):
        for line in segment.read_bytes().splitlines():
            entry = json.loads(line)
            records[int(entry["record"]["sequence"])] = (entry["hash"], entry["record"])
    return records


def faults(storm, records):
    """What is not true of the verdicts that were given."""
    for given in storm.given:
        if given.verdict == "CORROBORATED" and not NAMES[given.name]:
            yield f"{given.name} was corroborated, record {given.sequence}"
        if given.sequence not in records:
            yield f"verdict on {given.name} names record {given.sequence}, which is not there"
            continue
        hash_, record = records[given.sequence]
        corroboration = record["corroboration"]
        recorded = (record["request_id"], corroboration["check_id"], corroboration["verdict"])
        if hash_ != given.hash or recorded != (given.request_id, given.check_id, given.verdict):
            yield (f"record {given.sequence} says {recorded} with hash {hash_}; "
                   f"the RA was told {given}")


def unproven(laboratory, storm):
    """What the audit log, once its coordinator has ended, does not say of the verdicts given."""
    directory = laboratory.lab / "audit"
    verified = subprocess.run([laboratory.programs / "mpicctl", "audit", "verify", directory],
                              capture_output=True, text=True, check=False)
    if verified.returncode != 0:
        yield f"audit verify: {verified.stdout}{verified.stderr}"
    yield from faults(storm, records_of(directory))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("protos", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    contract.generate(options.protos, options.lab / "generated")
    laboratory = Laboratory(options.lab, options.programs)
    storm = Storm(laboratory, options.seed)
    print(f"seed {options.seed}", flush=True)
    wrong = list(filter(None, [storm.run(options.seconds)]))
    exit_code = laboratory.terminate("coordinator")
    if exit_code not in (0, None):
        wrong.append(f"the coordinator ended with {exit_code} on SIGTERM")
    wrong += unproven(laboratory, storm)
    records = records_of(options.lab / "audit")
    verdicts = collections.Counter(given.verdict for given in storm.given)
    if not verdicts["CORROBORATED"] or not storm.kills["coordinator"]:
        wrong.append("nothing was shown: no name was corroborated, or the coordinator never killed")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    print(f"kills: {dict(storm.kills)}; verdicts given: {dict(verdicts)}, all in the "
          f"{len(records)} records; calls without an answer: {dict(storm.unanswered)}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
