"""What all figures share: the programs' directory, certificates of one private CA, free ports."""
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile

PORTS = range(20000, 32000)  # below the ephemeral range


class World:
    """A directory of its own that is gone at the end. `with World(...) as world`."""

    def __init__(self, programs, wanted=()):
        self.programs = pathlib.Path(programs).resolve()
        self._wanted = frozenset(wanted)
        self._claimed = set()
        self.directory = None

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="mpic-bench."))
        self._make_ca()
        return self

    def __exit__(self, kind, value, traceback):
        shutil.rmtree(self.directory)

    def wants(self, figure):
        """Whether that figure is asked for: all are, unless some were named."""
        return not self._wanted or figure in self._wanted

    def program(self, name):
        path = self.programs / name
        if not path.exists():
            raise RuntimeError(f"{path} is not built")
        return path

    def port(self):
        """A port of 127.0.0.1 that nothing uses, by TCP nor UDP, and that is given once."""
        for _ in range(1000):
            port = random.choice(PORTS)
            if port not in self._claimed and self._is_free(port):
                self._claimed.add(port)
                return port
        raise RuntimeError("no free port")

    @staticmethod
    def _is_free(port):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    return False
        return True

    def file(self, name, text):
        """Writes text into a file of the directory; its path."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def ca(self):
        return self.directory / "ca.pem"

    def certificate(self, name):
        """Certificate and key (P-256) for spiffe://mpic.bench/NAME: two paths, made at the first call."""
        stem = self.directory / name.replace("/", "-")
        certificate, key = stem.with_suffix(".pem"), stem.with_suffix(".key")
        if not certificate.exists():
            extensions = self.file(f"{stem.name}.ext",
                                   "basicConstraints = critical, CA:FALSE\n"
                                   "keyUsage = critical, digitalSignature\n"
                                   "extendedKeyUsage = serverAuth, clientAuth\n"
                                   f"subjectAltName = {self.san(name)}\n")
            request = stem.with_suffix(".csr")
            self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                          "-subj", f"/CN={stem.name}", "-keyout", key, "-out", request)
            self._openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey",
                          self.directory / "ca.key", "-days", "7", "-set_serial",
                          str(random.getrandbits(64)), "-out", certificate, "-extfile", extensions)
        return certificate, key

    @staticmethod
    def san(name):
        return f"URI:{World.peer_name(name)}, DNS:localhost, IP:127.0.0.1"

    @staticmethod
    def peer_name(name):
        return f"spiffe://mpic.bench/{name}"

    def tls(self, name, allowed_peers=()):
        """The tls section of a configuration file, as a dict."""
        certificate, key = self.certificate(name)
        section = {"certificate_file": str(certificate), "private_key_file": str(key),
                   "trusted_ca_file": str(self.ca)}
        if allowed_peers:
            section["allowed_peers"] = [self.peer_name(peer) for peer in allowed_peers]
        return section

    def tls_options(self, name):
        """The same as options of a peer program."""
        certificate, key = self.certificate(name)
        return ["--certificate-file", certificate, "--private-key-file", key, "--trusted-ca-file", self.ca]

    def _make_ca(self):
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-days", "7", "-subj", "/CN=mpic bench CA", "-addext",
                      "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.directory / "ca.key",
                      "-out", self.ca)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
