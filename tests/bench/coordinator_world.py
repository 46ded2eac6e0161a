"""A coordinator as operated in production, a bare relay, and the instant perspectives that both ask."""
import contextlib
import dataclasses
import json
import re
import shutil
import tempfile

import process

# id, RIR, latitude, longitude: at least 500 km apart. The first is the primary.
PLACES = (
    ("frankfurt", "RIPE NCC", 50.11, 8.68),
    ("stockholm", "RIPE NCC", 59.33, 18.07), ("ashburn", "ARIN", 39.04, -77.49),
    ("tokyo", "APNIC", 35.68, 139.69), ("saopaulo", "LACNIC", -23.55, -46.63),
    ("capetown", "AFRINIC", -33.92, 18.42),
    ("madrid", "RIPE NCC", 40.42, -3.70), ("athens", "RIPE NCC", 37.98, 23.73),
    ("dubai", "RIPE NCC", 25.20, 55.27), ("dublin", "RIPE NCC", 53.35, -6.26),
    ("oregon", "ARIN", 45.84, -119.70), ("dallas", "ARIN", 32.78, -96.80),
    ("montreal", "ARIN", 45.50, -73.57), ("singapore", "APNIC", 1.35, 103.82),
    ("sydney", "APNIC", -33.87, 151.21), ("mumbai", "APNIC", 19.08, 72.88),
    ("hongkong", "APNIC", 22.32, 114.17), ("santiago", "LACNIC", -33.45, -70.67),
    ("bogota", "LACNIC", 4.71, -74.07), ("nairobi", "AFRINIC", -1.29, 36.82),
    ("lagos", "AFRINIC", 6.52, 3.38),
)
RIR_NUMBERS = {"ARIN": 1, "RIPE NCC": 2, "APNIC": 3, "LACNIC": 4, "AFRINIC": 5}  # mpic.v1.Rir


@dataclasses.dataclass(frozen=True)
class Server:
    """A coordinator or relay that runs, with what a load needs to know."""
    process: process.Process
    load_options: list
    admin: str | None = None  # of a coordinator: where its pages are

    @property
    def pid(self):
        return self.process.pid

    def metric(self, series):
        """The sum of that name's series on /metrics."""
        values = re.findall(rf"^{series}(?:{{.*}})? (\S+)$", process.fetch(f"{self.admin}/metrics"),
                            re.MULTILINE)
        return sum(map(float, values))


class CoordinatorWorld:
    """Starts what it is asked for, on the grounds of a World; all ends with the `with` block."""

    def __init__(self, world, remotes=5):
        self.world = world
        self.places = PLACES[:remotes + 1]
        self._ports = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def perspectives(self):
        """All places, in one process."""
        options = []
        for place, rir, latitude, longitude in self.places:
            self.world.certificate(f"perspective/{place}")
            self._ports[place] = self.world.port()
            options += ["--place", f"{place},{self._ports[place]},{RIR_NUMBERS[rir]},{latitude},{longitude}"]
        return self._stack.enter_context(process.Process(
            [self.world.program("mpic_instant_perspective"), "--certificates", self.world.directory,
             "--trusted-ca-file", self.world.ca, "--allowed-peer", self.world.peer_name("coordinator"),
             *options], ready_line="ready"))

    def relay(self):
        """After perspectives()."""
        port = self.world.port()
        options = []
        for place, *_ in self.places:
            options += ["--perspective",
                        f"127.0.0.1:{self._ports[place]},{self.world.peer_name(f'perspective/{place}')}"]
        running = self._stack.enter_context(process.Process(
            [self.world.program("mpic_bare_relay"), "--listen", f"127.0.0.1:{port}",
             *self.world.tls_options("coordinator"), "--allowed-peer", self.world.peer_name("ra"),
             *options], ready_line="ready"))
        return Server(running, self._load_options(port))

    def coordinator(self, audit=None, **changes):
        """After perspectives(). `audit`: the directory of its log, if not on the disk of the world."""
        name = f"coordinator-{len(self._ports)}"
        self._ports[name] = self.world.port()
        admin = f"http://127.0.0.1:{self.world.port()}"
        config = self.config(self._ports[name], admin, audit or self._disk_directory())
        path = self.world.file(f"{name}.yaml", json.dumps({**config, **changes}))
        running = self._stack.enter_context(process.Process(
            [self.world.program("mpic-coordinator"), "--config", path], ready_url=f"{admin}/readyz"))
        server = Server(running, self._load_options(self._ports[name]), admin)
        # On each loop it has a stream to each place.
        streams = changes.get("threads", config["threads"]) * len(self.places)
        self._wait_for(lambda: server.metric("mpic_coordinator_perspective_streams") >= streams)
        return server

    def config(self, port, admin, audit):
        """A configuration file, as a dict."""
        world = self.world
        return {
            "listen": f"127.0.0.1:{port}", "admin_listen": admin.removeprefix("http://"),
            "tls": world.tls("coordinator"),
            "tenants": [{"tenant_id": "ca", "peer_names": [world.peer_name("ra")]},
                        {"tenant_id": "another-ca", "peer_names": [world.peer_name("another-ra")]}],
            "threads": 2,
            "primary_perspective_id": self.places[0][0],
            "policy": {"remotes_per_attempt": len(self.places) - 1},
            "caa_issuer_domain_names": ["ca.example.com"],
            "audit": {"directory": str(audit)},
            "limits": {"checks_in_flight": 40000},
            "perspectives": [
                {"perspective_id": place, "address": f"127.0.0.1:{self._ports.get(place, 1)}",
                 "peer_name": world.peer_name(f"perspective/{place}"), "region": place, "rir": rir,
                 "location": {"latitude": latitude, "longitude": longitude}}
                for place, rir, latitude, longitude in self.places]}

    def _disk_directory(self):
        """A new directory, gone at the end: no coordinator begins with what another has recorded."""
        path = tempfile.mkdtemp(prefix="audit.", dir=self.world.directory)
        self._stack.callback(shutil.rmtree, path)
        if process.file_system(path) in ("tmpfs", "ramfs"):
            raise RuntimeError(f"{path} is in memory, and the log has to be on a disk: set TMPDIR")
        return path

    def memory_directory(self, name):
        """A directory that no disk stands behind, gone at the end."""
        path = process.memory_directory(name)
        self._stack.callback(shutil.rmtree, path)
        return path

    def load(self, server, operations, concurrency=None, rate=None, inputs=1):
        """Runs the load to its end: what it says of itself, and the CPU time that it took of the server."""
        manner = ["--rate", rate] if rate else ["--concurrency", concurrency]
        return process.run_load_on(server.pid, [
            self.world.program("mpic_corroborate_load"), *server.load_options, *manner,
            "--operations", operations, "--inputs", inputs])

    def _load_options(self, port):
        return ["--server", f"127.0.0.1:{port}", "--peer-name", self.world.peer_name("coordinator"),
                *self.world.tls_options("ra")]

    @staticmethod
    def _wait_for(condition):
        process.wait_until(condition, "perspectives are not connected")
