"""A perspective in a laboratory that never makes it wait: its resolver and its targets answer at once.

The names nNUMBER.example.com of tests/bench/perspective/bench_names.h have each an address of its own
(127.1.0.0/16), so that no limit for one name or one address is in the way. All limits, the log, metrics and
mutual TLS are as configured by default.
"""
import contextlib
import json
import pathlib
import resource

from measure import cpu_seconds
from process import Process, fetch, run_load

HERE = pathlib.Path(__file__).resolve().parent

# As deploy/systemd/mpic-perspective.service has it; a check in flight may hold a socket.
OPEN_FILES = 262144

KEY_AUTHORIZATION = ("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA."
                     "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI")

NGINX = """
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  default_type text/plain;
  client_body_temp_path {directory}/nginx-tmp;
  proxy_temp_path {directory}/nginx-tmp;
  fastcgi_temp_path {directory}/nginx-tmp;
  uwsgi_temp_path {directory}/nginx-tmp;
  scgi_temp_path {directory}/nginx-tmp;
  server {{
    listen {port} backlog=4096;
    location /.well-known/acme-challenge/ {{ return 200 "{body}"; }}
  }}
}}
"""


def raise_open_files():
    """For this process and those that it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, max(hard, OPEN_FILES)))
    except ValueError:  # not root: as far as it goes
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class PerspectiveLab:
    """`with PerspectiveLab(world, ...) as lab`: a resolver, targets and a perspective that runs there.

    `silent`: the web server takes connections and never answers.
    """

    def __init__(self, world, name, threads=1, silent=False, limits=None):
        self.world = world
        self._name = name
        self._threads = threads
        self._silent = silent
        self._limits = limits or {}
        self._processes = None
        self.dns, self.http, self.https = world.port(), world.port(), world.port()
        self._grpc, self._admin = world.port(), world.port()
        self._perspective = None

    def __enter__(self):
        raise_open_files()
        with contextlib.ExitStack() as started:
            started.enter_context(Process([self.world.program("mpic_bench_dns_responder"), self.dns],
                                          ready_line="ready"))
            started.enter_context(self._web_server())
            started.enter_context(Process([self.world.program("mpic_bench_tls_target"), self.https],
                                          ready_line="ready"))
            self._perspective = started.enter_context(Process(
                [self.world.program("mpic-perspective"), "--config", self._config()],
                ready_url=f"http://127.0.0.1:{self._admin}/readyz"))
            self._processes = started.pop_all()
        return self

    def __exit__(self, *exception):
        return self._processes.__exit__(*exception)

    def _web_server(self):
        if self._silent:
            return Process([HERE / "silent_target.py", self.http], ready_line="ready")
        config = self.world.file(f"{self._name}-nginx.conf", NGINX.format(
            directory=self.world.directory, port=self.http, body=KEY_AUTHORIZATION))
        return Process(["nginx", "-e", "stderr", "-c", config], ready_port=self.http)

    def _config(self):
        # JSON is YAML.
        return self.world.file(f"{self._name}.yaml", json.dumps({
            "perspective_id": "bench", "region": "bench", "rir": "RIPE NCC",
            "location": {"latitude": 50.11, "longitude": 8.68},
            "resolver": {"address": f"127.0.0.1:{self.dns}", "validates_dnssec": True},
            "listen": f"127.0.0.1:{self._grpc}", "admin_listen": f"127.0.0.1:{self._admin}",
            "tls": self.world.tls("perspective", allowed_peers=["coordinator"]),
            "limits": self._limits, "threads": self._threads,
            "lab": {"allowed_reserved_prefixes": ["127.0.0.0/8"],
                    "http_port": self.http, "https_port": self.https}}))

    @property
    def pid(self):
        return self._perspective.pid

    def metric(self, name):
        """The value of a metric without labels."""
        for line in fetch(f"http://127.0.0.1:{self._admin}/metrics").splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        raise RuntimeError(f"no metric {name}")

    def check_load(self, method, checks, *options, port=None):
        """The command line of the load against the perspective, or against what listens on `port`."""
        return [self.world.program("mpic_bench_check_load"), "--server", f"127.0.0.1:{port or self._grpc}",
                "--peer-name", self.world.peer_name("perspective"), *self.world.tls_options("coordinator"),
                "--method", method, "--checks", checks, *options]

    @contextlib.contextmanager
    def echo(self, method):
        """A stream_echo that answers as this perspective does: the process and its port."""
        answer = self.world.directory / f"{self._name}-{method}.answer"
        run_load(self.check_load(method, 1, "--save-answer", answer))
        port = self.world.port()
        with Process([self.world.program("mpic_bench_stream_echo"), "--listen", f"127.0.0.1:{port}",
                      "--answer", answer, *self.world.tls_options("perspective"),
                      "--allowed-peer", self.world.peer_name("coordinator")], ready_port=port) as process:
            yield process, port


def cpu_of_server(pid, load):
    """CPU microseconds that the process takes for one operation of a load on it."""
    before = cpu_seconds(pid)
    operations = run_load(load).operations
    return (cpu_seconds(pid) - before) / operations * 1e6


def cpu_of_client(load):
    """CPU microseconds that a load program takes itself for one operation."""
    result = run_load(load)
    return result.more["own_cpu_seconds"] / result.operations * 1e6
