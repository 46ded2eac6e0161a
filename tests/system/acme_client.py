"""An ACME client that orders a certificate for a name and leaves answering the challenge to its caller.

Says the key authorization, waits for a line of input, asks the server to validate, and says what became of
the challenge. Exit code 0 when it is valid, 1 when it is not. Made of certbot's own library.
"""
import argparse
import sys
import time

import josepy
from acme import client, crypto_util, messages
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

PENDING = (messages.STATUS_PENDING, messages.STATUS_PROCESSING)


def register(directory_url, ca_file):
    """A client with a new account at the server."""
    key = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))  # certbot's own are RSA
    network = client.ClientNetwork(key, alg=josepy.ES256, verify_ssl=ca_file,
                                   user_agent="mpic-test")
    directory = messages.Directory.from_json(network.get(directory_url).json())
    acme = client.ClientV2(directory, network)
    acme.new_account(messages.NewRegistration.from_data(terms_of_service_agreed=True))
    return acme


def order(acme, name):
    """The authorization of a new order for `name`."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return acme.new_order(crypto_util.make_csr(pem, [name])).authorizations[0]


def challenge_of(authorization, method):
    for challenge in authorization.body.challenges:
        if challenge.chall.typ == method:
            return challenge
    sys.exit(f"{method} is not offered")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ca-file", required=True, help="of the server's certificate")
    parser.add_argument("--directory", required=True)
    parser.add_argument("method")
    parser.add_argument("name")
    arguments = parser.parse_args()

    acme = register(arguments.directory, arguments.ca_file)
    authorization = order(acme, arguments.name)
    challenge = challenge_of(authorization, arguments.method)
    key = acme.net.key
    print("key authorization:", challenge.chall.key_authorization(key), flush=True)
    sys.stdin.readline()
    acme.answer_challenge(challenge, challenge.response(key))
    while authorization.body.status in PENDING:  # the caller bounds our life
        time.sleep(0.1)
        authorization, _ = acme.poll(authorization)
    challenge = challenge_of(authorization, arguments.method)
    print("validation:", challenge.status.name, challenge.error or "")
    sys.exit(0 if challenge.status == messages.STATUS_VALID else 1)


main()
