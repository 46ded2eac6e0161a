#!/usr/bin/env -S python3 -B
"""A web server that takes every connection and never says a word, until its clients have gone.

    silent_target.py PORT
"""
import selectors
import socket
import sys


def main():
    selector = selectors.DefaultSelector()
    with socket.create_server(("", int(sys.argv[1])), backlog=4096) as listener:
        selector.register(listener, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                elif not key.fileobj.recv(4096):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


main()
