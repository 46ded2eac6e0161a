"""A way from the coordinator to a perspective that a test can spoil: it relays TCP, and what passes is delayed,
reset, replaced by noise, or lost in a network namespace whose neighbours have moved.
"""
import asyncio
import contextlib
import ctypes
import os
import socket
import struct
import subprocess
import threading
import time

CLONE_NEWNET = 0x40000000
# About a minute for what a check and its result take.
SLOW_OCTETS, SLOW_SECONDS = 16, 0.05


class Wire:
    """Relays to `target`, a host:port, from `address`, of the same form. `way` is how it does:

        straight  as it comes
        slow      in drops
        reset     each connection, as soon as something is said on it
        noise     answers whatever is said on a connection, with octets that mean nothing
    """

    def __init__(self, target, host="127.0.0.1", namespace=None):
        self.way = "straight"
        self.target = target.rsplit(":", 1)
        self.writers = set()
        self.loop = asyncio.new_event_loop()
        with inside(namespace):
            listener = socket.create_server((host, 0))
        self.address = f"{host}:{listener.getsockname()[1]}"
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def turn(self, way):
        """From now on it goes so; connections that exist are reset, where they could not be so."""
        self.way = way
        if way in ("reset", "noise"):
            self.cut()

    def cut(self):
        """Resets all connections."""
        self.loop.call_soon_threadsafe(lambda: [reset(writer) for writer in list(self.writers)])

    def _serve(self, listener):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._accept, sock=listener))
        self.loop.run_forever()

    async def _accept(self, reader, writer):
        self.writers.add(writer)
        try:
            if self.way in ("reset", "noise"):
                await self._spoil(reader, writer)
            else:
                await self._relay(reader, writer)
        except OSError:
            pass
        finally:
            self.writers.discard(writer)
            reset(writer)

    async def _spoil(self, reader, writer):
        await reader.read(1)
        if self.way == "noise":
            writer.write(os.urandom(512))
            await asyncio.sleep(0.1)

    async def _relay(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        both = [asyncio.ensure_future(self._pump(*pair))
                for pair in ((reader, far_writer), (far_reader, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in both:
                pump.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            reset(far_writer)

    async def _pump(self, reader, writer):
        while octets := await reader.read(4096):
            while octets and self.way == "slow":
                writer.write(octets[:SLOW_OCTETS])
                octets = octets[SLOW_OCTETS:]
                await asyncio.sleep(SLOW_SECONDS)
            writer.write(octets)
            await writer.drain()


def reset(writer):
    connection = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def inside(namespace):
    """Sockets are made in a network namespace, a path, by this thread; nothing else changes."""
    if namespace is None:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(file):
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    with open("/proc/thread-self/ns/net", "rb") as home, open(namespace, "rb") as there:
        enter(there)
        try:
            yield
        finally:
            enter(home)


class Road:
    """A network of two hosts: this namespace, and one of its own. Needs the right to make them."""

    def __init__(self, number):
        self.here, self.there = f"10.66.{number}.1", f"10.66.{number}.2"
        self.near, self.far = f"near{number}", f"far{number}"
        # pylint: disable-next=consider-using-with
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "600"], stdin=subprocess.DEVNULL)
        self.namespace = f"/proc/{self.keeper.pid}/ns/net"
        self._wait_for_namespace()
        ip("link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.keeper.pid)
        ip("addr", "add", f"{self.here}/30", "dev", self.near)
        ip("link", "set", self.near, "up")
        self._far_ip("addr", "add", f"{self.there}/30", "dev", self.far)
        self._far_ip("link", "set", self.far, "up")

    def _wait_for_namespace(self):
        ours, end = os.readlink("/proc/self/ns/net"), time.monotonic() + 10
        while os.readlink(self.namespace) == ours:
            if time.monotonic() > end:
                raise TimeoutError("no network namespace came")
            time.sleep(0.01)

    def _far_ip(self, *arguments):
        subprocess.run(["nsenter", f"--net={self.namespace}", "ip", *arguments], check=True)

    def block(self):
        """Packets go to neighbours that are not there: nothing arrives, and nobody says so."""
        nobody = ("lladdr", "02:00:00:00:00:99", "nud", "permanent")
        ip("neigh", "replace", self.there, "dev", self.near, *nobody)
        self._far_ip("neigh", "replace", self.here, "dev", self.far, *nobody)

    def clear(self):
        ip("neigh", "del", self.there, "dev", self.near)
        self._far_ip("neigh", "del", self.here, "dev", self.far)

    def end(self):
        self.keeper.kill()
        self.keeper.wait()


def ip(*arguments):
    subprocess.run(["ip", *map(str, arguments)], check=True)
