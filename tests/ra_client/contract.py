"""The contract in Python: generated from protos/ with the stock tools, as any RA would do it."""
import pathlib
import shutil
import subprocess
import sys

PROTOS = (
    "google/rpc/status.proto",
    "google/rpc/error_details.proto",
    "mpic/v1/check.proto",
    "mpic/v1/coordinator.proto",
    "mpic/v1/perspective.proto",
)


def generate(protos: pathlib.Path, out: pathlib.Path) -> None:
    """Writes *_pb2.py and *_pb2_grpc.py below `out` and makes them importable."""
    plugin = shutil.which("grpc_python_plugin")
    if plugin is None:
        raise FileNotFoundError("grpc_python_plugin is missing (package protobuf-compiler-grpc)")
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["protoc", f"-I{protos}", f"--python_out={out}", f"--grpc_out={out}",
         f"--plugin=protoc-gen-grpc={plugin}", *PROTOS],
        check=True)
    sys.path.insert(0, str(out))
