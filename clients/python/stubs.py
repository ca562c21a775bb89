"""Generates the Python classes of ../../protos at first use and puts them on the import path.

`import stubs` once; afterwards `from cnnviz.v1 import render_pb2, render_pb2_grpc` works. They are generated again when a .proto changes.
"""

import hashlib
import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

_HERE = pathlib.Path(__file__).resolve().parent
_PROTOS = _HERE.parent.parent / "protos"
_GENERATED = _HERE / "_generated"

_HELP = """\
The Python classes could not be generated: neither compiler did it.
{reasons}
Install one of them:
  Debian, Ubuntu:  apt-get install python3-grpcio protobuf-compiler-grpc
  pip:             pip install -r {requirements}"""


def _compilers():
    """The commands that may do it, best first: pip's grpcio-tools matches pip's grpcio; Debian's grpcio-tools (1.14) is too old
    for `optional` and fails, and then Debian's own protoc, which matches Debian's python3-protobuf, is next."""
    yield "grpcio-tools", [sys.executable, "-m", "grpc_tools.protoc"]
    plugin = shutil.which("grpc_python_plugin")
    if shutil.which("protoc") and plugin:
        yield "protoc", ["protoc", f"--plugin=protoc-gen-grpc_python={plugin}"]
    else:
        yield "protoc", None


def _generate(sources, stamp):
    reasons = []
    for name, command in _compilers():
        if command is None:
            reasons.append(f"  {name}: protoc or grpc_python_plugin is not installed")
            continue
        # Into a folder of its own, renamed when complete: two programs may start at the same time.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="_generated.", dir=_HERE))
        try:
            done = subprocess.run(
                [*command, f"-I{_PROTOS}", f"-I{_HERE}", f"--python_out={folder}", f"--grpc_python_out={folder}", *sources],
                capture_output=True, text=True, check=False)
            if done.returncode == 0:
                (folder / "stamp").write_text(stamp)
                shutil.rmtree(_GENERATED, ignore_errors=True)
                try:
                    folder.rename(_GENERATED)
                except OSError:  # The other program was first; its result is the same.
                    pass
                return
            reasons.append(f"  {name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(_HELP.format(reasons="\n".join(reasons), requirements=_HERE / "requirements.txt"))


def _ensure():
    files = sorted(_PROTOS.glob("cnnviz/v1/*.proto"))
    if not files:
        raise SystemExit(f"No .proto files under {_PROTOS}: run this from a checkout of CnnViz.")
    files.append(_HERE / "error_details.proto")
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    stamp = digest.hexdigest()
    current = _GENERATED / "stamp"
    if not current.is_file() or current.read_text() != stamp:
        _generate([str(file) for file in files], stamp)
    sys.path.insert(0, str(_GENERATED))
    importlib.invalidate_caches()


_ensure()
