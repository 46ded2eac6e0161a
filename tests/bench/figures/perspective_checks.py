"""perspective_dns, perspective_caa, perspective_http, perspective_tls: CPU of a check.

The value is the CPU time of the process mpic-perspective for one check: 256 checks in flight on one stream,
one worker loop, mutual TLS, metrics and log lines on, results not signed. The baseline is the sum of what the
barest programs take for the same on the wire, each for one operation, each with 256 in flight:
  echo       CPU of the server stream_echo: the same requests over the same TLS, answered with a result that the
             perspective gave, of the same size
  queries    CPU of the client query_loop: the questions of the check, asked of the same resolver
  fetch      CPU of the client fetch_loop: the same request to the same web server, a connection each
  handshake  CPU of the client handshake_loop: ALPN acme-tls/1 with the same server
Each program's time is the kernel's account of the whole process. What the resolver, the targets and the load
take is nowhere in it.
"""
import dataclasses

from measure import alternate
from perspective_lab import PerspectiveLab, cpu_of_client, cpu_of_server

IN_FLIGHT = 256
A, TXT, AAAA, CAA = 1, 16, 28, 257


@dataclasses.dataclass(frozen=True)
class Sort:
    """One method with what the wire sees of it."""
    figure: str
    method: str
    checks: int
    questions: list  # type and name, "{}" for the name that is checked
    bar: float
    aim: float
    client: str = None  # the load program of what comes after DNS
    port: str = None  # of its target: an attribute of the laboratory


SORTS = [
    Sort("perspective_dns", "dns-01", 20000, [(TXT, "_acme-challenge.{}")], 1.8, 1.4),
    Sort("perspective_caa", "caa", 10000, [(CAA, "{}"), (CAA, "example.com"), (CAA, "com")], 1.8, 1.4),
    Sort("perspective_http", "http-01", 4000, [(AAAA, "{}"), (A, "{}")], 1.6, 1.3, "fetch_loop", "http"),
    Sort("perspective_tls", "tls-alpn-01", 1000, [(AAAA, "{}"), (A, "{}")], 1.4, 1.2,
         "handshake_loop", "https"),
]
NAMES = [sort.figure for sort in SORTS]


def baseline_parts(lab, sort, echo):
    """CPU microseconds of each part of the baseline."""
    process, port = echo
    load = ["--operations", sort.checks, "--in-flight", IN_FLIGHT]
    parts = {"echo": cpu_of_server(process.pid, lab.check_load(sort.method, sort.checks, "--in-flight",
                                                               IN_FLIGHT, port=port))}
    questions = [part for type_number, name in sort.questions for part in ("--question", type_number, name)]
    parts["queries"] = cpu_of_client([lab.world.program("mpic_bench_query_loop"), "--resolver",
                                      f"127.0.0.1:{lab.dns}", *questions, *load])
    if sort.client:
        parts[sort.client] = cpu_of_client([lab.world.program(f"mpic_bench_{sort.client}"), "--port",
                                            getattr(lab, sort.port), *load])
    return parts


def figures(world):
    taken = []
    with PerspectiveLab(world, "checks") as lab:
        for sort in SORTS:
            if not world.wants(sort.figure):
                continue
            with lab.echo(sort.method) as echo:
                runs = alternate(
                    lambda: baseline_parts(lab, sort, echo),
                    lambda: {"check": cpu_of_server(lab.pid, lab.check_load(
                        sort.method, sort.checks, "--in-flight", IN_FLIGHT))})
            parts = {f"{part}_us": sorted(run[part] for run in runs.baselines)[len(runs.baselines) // 2]
                     for part in runs.baselines[0]}
            taken.append(runs.figure(sort.figure, "us of CPU a check", bar=sort.bar, aim=sort.aim,
                                     of=lambda run: sum(run.values()), **parts))
    return taken
