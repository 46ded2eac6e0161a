#!/usr/bin/env -S python3 -B
"""A web server of an applicant who keeps what it hears:  trace.py PORT SITE HEARD

Answers with the files below SITE and appends every octet of each request to HEARD.
"""
import http.server
import sys


class Listener(http.server.SimpleHTTPRequestHandler):
    heard = None

    def parse_request(self):
        parsed = super().parse_request()
        if parsed:
            self.heard.write(self.raw_requestline + self.headers.as_bytes())
            self.heard.flush()
        return parsed

    def log_message(self, *_):
        pass


def main():
    port, site, heard = sys.argv[1:]
    Listener.heard = open(heard, "ab")  # pylint: disable=consider-using-with
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", int(port)), lambda *arguments: Listener(*arguments, directory=site))
    server.serve_forever()


if __name__ == "__main__":
    main()
