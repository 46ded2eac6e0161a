#!/usr/bin/env -S python3 -B
"""Who may know whom (ARCHITECTURE.md). A rule holds for what a file includes and for all that comes
with it through our own headers, tests excepted."""
import re
import sources

OUTSIDE_WORLD = ["boost/asio", "boost/beast", "grpc/", "grpcpp/", "ares", "spdlog/", "common/clock.h", "common/log.h"]
GRPC_SERVICES = [".grpc.pb.h"]
ADAPTERS = ["perspective/net/cares_", "perspective/net/beast_", "perspective/net/openssl_",
            "boost/beast", "boost/asio/ssl", "boost/asio/ip", "ares", "openssl/ssl.h"]

# (files, what they must not include, why). A pattern is the beginning of a path, or its end if it
# begins with a dot.
RULES = [
    (["common/"], ["perspective/", "coordinator/", "tests/"],
     "common is what both programs need and knows neither"),
    (["perspective/"], ["coordinator/", "tests/"], "a perspective never knows who asks"),
    (["coordinator/"], ["perspective/", "tests/"], "the two programs share only common and protos"),
    (["perspective/rules/", "coordinator/policy/", "perspective/net/dns_message.",
      "perspective/net/url.", "perspective/net/certificate."],
     OUTSIDE_WORLD + GRPC_SERVICES, "what decides is pure: no Asio, gRPC, clock or log"),
    (["perspective/methods/"], ADAPTERS,
     "methods know the interfaces of net/, never an adapter; only main.cc names adapters"),
]
HEADER_RULE = (["boost/beast", "boost/asio/ssl"],
               "costs every includer 20 s of compile time; one .cc each")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.M)


def matches(path, patterns):
    return any(path.endswith(p) if p.startswith(".") else path.startswith(p) for p in patterns)


def chains(start, includes):
    """Every path that `start` reaches, with the way to it: {path: [start, ..., path]}."""
    ways = {}
    open_ways = [[start]]
    while open_ways:
        way = open_ways.pop()
        for path in includes.get(way[-1], []):
            if path not in ways:
                ways[path] = way + [path]
                open_ways.append(ways[path])
    return ways


def main():
    top = sources.root()
    includes = {f: INCLUDE.findall(sources.text(top, f)) for f in sources.cpp(top)}
    complaints = []
    for file in includes:
        for subjects, forbidden, why in RULES:
            if not matches(file, subjects):
                continue
            for path, way in chains(file, includes).items():
                if matches(path, forbidden):
                    complaints.append(f"{' -> '.join(way)}: {why}")
        if file.endswith(".h") and not file.startswith("tests/"):
            complaints += [f"{file} -> {p}: {HEADER_RULE[1]}" for p in includes[file]
                           if matches(p, HEADER_RULE[0])]
    sources.report("includes", complaints)


main()
