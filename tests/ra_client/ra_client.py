#!/usr/bin/python3
"""An RA in another language, from the protos alone: sends CorroborateRequests, checks the answers.

    ra_client.py --protos PROTOS --generated DIR --server HOST:PORT --peer-name SAN
                 --trusted-ca-file PEM --certificate-file PEM --private-key-file PEM CALLS.json

CALLS.json is a list of calls:
    name              a sentence, printed
    request           CorroborateRequest in proto3 JSON
    timeout_seconds   deadline of the call, default 30
    without_certificate   true: connect as nobody
    expect            what the answer must hold (expectation.py):
        status        name of the gRPC status, default OK
        message       of the status
        violations    of google.rpc.BadRequest in the details: [{"field", "description"}]
        retry         true: google.rpc.RetryInfo is in the details
        response      CorroborateResponse in proto3 JSON, field names as in the .proto files

Ends with 0 when all answers are as expected, 1 when one is not, 2 on bad usage.
"""
import argparse
import json
import pathlib
import sys

import grpc
from google.protobuf import json_format

import contract
import expectation


def flags():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--protos", type=pathlib.Path, required=True, help="the directory protos/")
    parser.add_argument("--generated", type=pathlib.Path, required=True,
                        help="where the Python of the contract is written")
    parser.add_argument("--server", required=True, help="host:port of the coordinator")
    parser.add_argument("--peer-name", required=True,
                        help="URI or DNS name in the coordinator's certificate")
    parser.add_argument("--trusted-ca-file", type=pathlib.Path, required=True)
    parser.add_argument("--certificate-file", type=pathlib.Path, required=True)
    parser.add_argument("--private-key-file", type=pathlib.Path, required=True)
    parser.add_argument("--print-answers", action="store_true", help="also print what came back")
    parser.add_argument("calls", type=pathlib.Path, help="JSON file, see above")
    return parser.parse_args()


def channel(options, with_certificate):
    credentials = grpc.ssl_channel_credentials(
        options.trusted_ca_file.read_bytes(),
        options.private_key_file.read_bytes() if with_certificate else None,
        options.certificate_file.read_bytes() if with_certificate else None)
    # Certificates name the coordinator, not the address at which it listens. In brackets, gRPC takes
    # the colon of a URI for part of the name and not for that of a port.
    name = f"[{options.peer_name}]" if ":" in options.peer_name else options.peer_name
    return grpc.secure_channel(options.server, credentials,
                               [("grpc.ssl_target_name_override", name)])


def as_json(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def details_of(error):
    """The violations and the retry delay in the trailer "grpc-status-details-bin"."""
    from google.rpc import error_details_pb2, status_pb2
    found = {"violations": [], "retry": False}
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        status = status_pb2.Status.FromString(value)
        assert status.code == error.code().value[0], "the two status codes differ"
        for detail in status.details:
            bad_request, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
            if detail.Unpack(bad_request):
                found["violations"] = as_json(bad_request).get("field_violations", [])
            found["retry"] = found["retry"] or detail.Unpack(retry)
    return found


def ask(options, call):
    """The answer as plain data: status, message, violations, retry or response."""
    from mpic.v1 import coordinator_pb2, coordinator_pb2_grpc
    request = json_format.ParseDict(call["request"], coordinator_pb2.CorroborateRequest())
    with channel(options, not call.get("without_certificate", False)) as to_server:
        try:
            response = coordinator_pb2_grpc.MpicServiceStub(to_server).Corroborate(
                request, timeout=call.get("timeout_seconds", 30))
        except grpc.RpcError as error:
            return {"status": error.code().name, "message": error.details(), **details_of(error)}
    return {"status": "OK", "response": as_json(response)}


def verdicts(answer):
    """One line for a person."""
    if "response" not in answer:
        return f"{answer['status']}: {answer['message']}"
    return ", ".join(
        " ".join(filter(None, (one["check_id"], one["verdict"], one.get("quorum", {}).get("text"),
                               one.get("problem", {}).get("kind"))))
        for one in answer["response"].get("corroborations", []))


def play(options, call):
    """Sends one call; returns whether the answer is as expected."""
    answer = ask(options, call)
    wrong = list(expectation.differences({"status": "OK", **call["expect"]}, answer))
    print(f"{'WRONG' if wrong else 'ok   '} {call['name']}: {verdicts(answer)}")
    for sentence in wrong:
        print(f"      {sentence}")
    if options.print_answers:
        print(json.dumps(answer, indent=2))
    return not wrong


def publishes_its_contract(options):
    """Whether reflection names the service, as grpcurl and the like ask for it. Debian has no Python of
    that protocol; the question is one empty field 7, list_services, and the answer holds the names."""
    with channel(options, with_certificate=True) as to_server:
        reflect = to_server.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                          request_serializer=bytes, response_deserializer=bytes)
        answer = next(reflect(iter([b"\x3a\x00"]), timeout=30))
    there = b"mpic.v1.MpicService" in answer
    print(f"{'ok   ' if there else 'WRONG'} reflection names mpic.v1.MpicService")
    return there


def main():
    options = flags()
    contract.generate(options.protos, options.generated)
    calls = json.loads(options.calls.read_text(encoding="utf-8"))
    results = [play(options, call) for call in calls]
    results.append(publishes_its_contract(options))
    print(f"{results.count(True)} of {len(results)} answers as expected")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
