"""Programs on loopback that a figure needs: started, awaited, ended by their pid."""
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import measure

READY_SECONDS = 20
END_SECONDS = 20
LOAD_SECONDS = 7200
POLL_SECONDS = 0.002

# What is on loopback needs no proxy, whatever the environment says.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url):
    """The text of a page."""
    with _OPENER.open(url, timeout=5) as page:
        return page.read().decode()


def wait_until(condition, complaint):
    """Polls until condition() holds."""
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(complaint)
        time.sleep(POLL_SECONDS)


def memory_directory(name):
    """A new directory that no disk stands behind; for its maker to remove."""
    return pathlib.Path(tempfile.mkdtemp(prefix=f"mpic-bench.{name}.", dir="/dev/shm"))


def file_system(path):
    """The type of the file system that the path is on."""
    return subprocess.run(["stat", "--file-system", "--format=%T", path], check=True, capture_output=True,
                          text=True).stdout.strip()


class Process:
    """A program that runs from the start of a `with` block to its end.

    It is ready when the TCP port `ready_port` takes connections, when the page `ready_url` answers with 200,
    or when it has printed a line that contains `ready_line`; all of those that are given. A program that
    ends before, or is not ready in time, is an error with the end of what it printed. It may not end by
    itself afterwards either.
    """

    def __init__(self, argv, ready_port=None, ready_url=None, ready_line=None, env=None):
        self.argv = [str(argument) for argument in argv]
        self._ready = (ready_port, ready_url, ready_line)
        self._env = {**os.environ, **(env or {})}
        self._output = None
        self._process = None
        self.started_at = None  # time.monotonic() just before it was started
        self.ready_seconds = None  # from start to ready
        self.ready_cpu_seconds = None  # its CPU time until then

    def __enter__(self):
        self._output = tempfile.TemporaryFile()
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=self._output,
                                         stderr=subprocess.STDOUT, env=self._env)
        try:
            self._wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind, value, traceback):
        ended = self._process.poll()
        self._end()
        if ended is not None and kind is None:
            raise RuntimeError(self._complaint(f"ended by itself with {ended}"))

    @property
    def pid(self):
        return self._process.pid

    def output(self):
        """What it has printed so far, at most the last 64 KiB."""
        size = os.fstat(self._output.fileno()).st_size
        return os.pread(self._output.fileno(), 65536, max(0, size - 65536)).decode(errors="replace")

    def _wait_until_ready(self):
        deadline = self.started_at + READY_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None:
                raise RuntimeError(self._complaint(f"ended with {self._process.returncode}"))
            if time.monotonic() > deadline:
                raise RuntimeError(self._complaint(f"not ready in {READY_SECONDS} s"))
            time.sleep(POLL_SECONDS)
        self.ready_seconds = time.monotonic() - self.started_at
        self.ready_cpu_seconds = measure.cpu_seconds(self.pid)

    def _is_ready(self):
        port, url, line = self._ready
        if line is not None and not any(line in one for one in self.output().splitlines()):
            return False
        try:
            if url is not None:
                fetch(url)
            if port is not None:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except (OSError, urllib.error.URLError):
            return False
        return True

    def _end(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _complaint(self, what):
        return f"{' '.join(self.argv)}: {what}:\n{self.output()[-2000:]}"


@dataclasses.dataclass(frozen=True)
class LoadResult:
    """What a load program says of its run in the last line that it prints, as JSON."""
    operations: int
    seconds: float
    errors: int
    p50_ms: float = 0
    p99_ms: float = 0
    cpu_seconds: float = 0  # of the server that was loaded, where that was asked for
    more: dict = dataclasses.field(default_factory=dict)  # further keys

    @property
    def per_second(self):
        return self.operations / self.seconds

    @property
    def cpu_per_operation(self):
        return self.cpu_seconds / self.operations


def run_load(argv):
    """Runs a load program to its end. One that fails, or an operation that failed, is an error: a rate of
    errors is no rate."""
    argv = [str(argument) for argument in argv]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          timeout=LOAD_SECONDS)
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"{' '.join(argv)}: ended with {done.returncode}:\n"
                           f"{done.stderr[-2000:]}{done.stdout[-2000:]}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    known = {field.name for field in dataclasses.fields(LoadResult)} - {"more"}
    result = LoadResult(**{key: said[key] for key in known if key in said},
                        more={key: value for key, value in said.items() if key not in known})
    if result.errors or not result.operations:
        raise RuntimeError(f"{' '.join(argv)}: {result.errors} of {result.operations} operations failed:\n"
                           f"{done.stderr[-2000:]}")
    return result


def run_load_on(pid, argv):
    """The same, with the CPU time that process `pid` took meanwhile."""
    before = measure.cpu_seconds(pid)
    result = run_load(argv)
    return dataclasses.replace(result, cpu_seconds=measure.cpu_seconds(pid) - before)
