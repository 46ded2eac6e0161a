#!/usr/bin/python3
"""Floods a perspective, and then a coordinator, with checks of targets that accept everything and answer nothing.

    slow_targets.py LAB BIN PROTOS

Round after round at the limit of checks in flight: each is answered, by a result or by a refusal, memory does
not grow from round to round, and a perspective gives it back afterwards. Ends with 0 and one line of figures, or
with 1 and every sentence that is not true.
"""
import asyncio
import collections
import os
import threading

import drain
import faults
import grpc
import storm
from reload import must, until

PLACE = "eu-madrid"
IN_FLIGHT, EACH_ROUND = 600, 800
# What the allocator keeps for bursts is there after the first rounds; eight more bring some hundred KiB. Two kilobytes
# lost with each check would show.
WARM_ROUNDS, ROUNDS = 10, 18
GROWTH_MAX = 4 << 20
# A flood takes 10 MiB here, which the allocator keeps unless it is told to give it back, as it is every ten seconds:
# then half of it goes. What shares its page with something that lives stays.
GIVEN_BACK_MIN, GIVEN_BACK_SECONDS = 1 / 4, 30
BUDGET_MS = 500
# Each has its own; quiet, and without a look at the resolver while that is silent.
CHANGES = [("threads: 1", f"limits: {{checks_in_flight: {IN_FLIGHT}, checks_in_flight_per_stream: {2 * EACH_ROUND}, "
            f"checks_in_flight_per_name: {EACH_ROUND}}}\nlog_level: warning\nthreads: 1"),
           ("validates_dnssec: true", 'validates_dnssec: true\n  proof_interval: "1h"')]


class SlowWeb(threading.Thread):
    """An HTTP server at all addresses of loopback: reads, and says one octet a second at most."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.visits = port, 0
        self.listening = threading.Event()
        self.start()

    def run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        server = await asyncio.start_server(self._dribble, "0.0.0.0", self.port, backlog=1024)
        self.listening.set()
        await server.serve_forever()

    async def _dribble(self, reader, writer):
        self.visits += 1
        try:
            await reader.read(1)
            for octet in b"HTTP/1.1 200 OK\r\n":
                writer.write(bytes([octet]))
                await writer.drain()
                await asyncio.sleep(1)
        except OSError:
            pass
        finally:
            writer.transport.abort()


class Memory:
    """Of a process, at rest and after each round."""

    def __init__(self, pid):
        self.pid, self.octets = pid, []
        self.at_rest = self.now()

    def now(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def look(self):
        self.octets.append(self.now())

    def must_be_flat(self, name):
        before = max(self.octets[:WARM_ROUNDS])
        growth = max(self.octets[WARM_ROUNDS:]) - before
        must(growth <= GROWTH_MAX, f"{name} grows by {growth} octets: {self.octets}")
        return f"{name} {before >> 20} MiB, {growth >> 10:+d} KiB"


def must_be_given_back(memory):
    full = max(memory.octets)
    enough = full - GIVEN_BACK_MIN * (full - memory.at_rest)
    until(lambda: memory.now() <= enough, f"memory falls from {full} to {enough:.0f}", GIVEN_BACK_SECONDS)


def set_slow_website(check, number):
    """An address each."""
    check.time_budget.FromMilliseconds(BUDGET_MS)
    check.identifier.ip_address = f"127.1.{number >> 8}.{number & 255}"
    check.http_01.key_authorization = storm.KEY_AUTHORIZATION


def set_slow_name(check, number):
    """That the resolver is silent about."""
    check.time_budget.FromMilliseconds(BUDGET_MS)
    check.identifier.dns_name = f"slow-{number}.example.com"
    check.dns_01.key_authorization = storm.KEY_AUTHORIZATION


def questions(round_number):
    from mpic.v1 import perspective_pb2
    for number in range(EACH_ROUND):
        request = perspective_pb2.CheckRequest()
        request.check.check_id = f"{round_number}-{number}"
        (set_slow_website if number % 2 else set_slow_name)(request.check, number)
        yield request


def results_of(stub, round_number):
    """{check id: kind of problem}; half-closed, the stream ends when all are answered."""
    from mpic.v1 import check_pb2
    results = collections.Counter()
    for response in stub.Check(questions(round_number), timeout=60):
        result = check_pb2.CheckResult()
        if response.HasField("attested_result"):
            result.ParseFromString(response.attested_result.result)
            must(result.outcome != check_pb2.PASSED, f"a slow target has passed: {result}")
            results[result.check_id, check_pb2.Problem.Kind.Name(result.problem.kind)] += 1
    return results


def flood_a_perspective(laboratory):
    from mpic.v1 import perspective_pb2_grpc
    program = faults.restart(laboratory, PLACE, CHANGES)
    memory, kinds = Memory(laboratory.pid(PLACE)), collections.Counter()
    with drain.silent_resolver(laboratory, PLACE), laboratory.channel("operator", PLACE) as channel:
        stub = perspective_pb2_grpc.PerspectiveServiceStub(channel)
        for round_number in range(ROUNDS):
            results = results_of(stub, round_number)
            must(len(results) == EACH_ROUND and set(results.values()) == {1},
                 f"{EACH_ROUND} checks, {len(results)} results in round {round_number}")
            kinds.update(kind for _, kind in results)
            memory.look()
    must(kinds["OVERLOADED"] >= ROUNDS, f"none was over the limit: {kinds}")
    must(kinds.total() - kinds["OVERLOADED"] >= ROUNDS * IN_FLIGHT / 2, f"hardly any was let in: {kinds}")
    must(program.metric("mpic_perspective_checks_in_flight") == 0, "checks are left")
    must_be_given_back(memory)
    return memory.must_be_flat(PLACE), dict(kinds)


def flood_the_coordinator(laboratory):
    """Its perspectives are slow, because their targets are."""
    from mpic.v1 import coordinator_pb2, coordinator_pb2_grpc
    limit = IN_FLIGHT // 2
    coordinator = faults.restart(laboratory, "coordinator", [
        ("threads: 1", f"limits: {{checks_in_flight: {limit}}}\nlog_level: warning\nthreads: 1"),
        ("dispatch: PRIMARY_FIRST", "dispatch: PARALLEL")])
    memory, codes = Memory(laboratory.pid("coordinator")), collections.Counter()
    with laboratory.channel() as channel:
        stub = coordinator_pb2_grpc.MpicServiceStub(channel)
        for _ in range(ROUNDS):
            calls = []
            for begin in range(0, EACH_ROUND, 50):
                request = coordinator_pb2.CorroborateRequest()
                for number in range(begin, begin + 50):
                    set_slow_website(request.inputs.add().check, number)
                calls.append(stub.Corroborate.future(request, timeout=30, wait_for_ready=True))
            for call in calls:
                codes[call.code().name] += 1
                if call.code() == grpc.StatusCode.OK:
                    verdicts = {one.verdict for one in call.result().corroborations}
                    must(verdicts == {coordinator_pb2.NOT_COMPLETED}, f"verdicts on slow targets: {verdicts}")
            memory.look()
    must(set(codes) == {"OK", "RESOURCE_EXHAUSTED"}, f"calls ended with {dict(codes)}")
    must(coordinator.metric("mpic_coordinator_checks_in_flight") == 0, "checks are left")
    return memory.must_be_flat("coordinator"), dict(codes)


def run(laboratory, load):
    load.must_be_back()
    laboratory.terminate("nginx")
    web = SlowWeb(int(laboratory.addresses["http"].rsplit(":", 1)[1]))
    must(web.listening.wait(10), "nobody listens in nginx' place")
    figures = [flood_a_perspective(laboratory), flood_the_coordinator(laboratory)]
    must(web.visits > ROUNDS * IN_FLIGHT / 4, f"only {web.visits} came to the slow websites")
    return figures


if __name__ == "__main__":
    faults.test(run)
