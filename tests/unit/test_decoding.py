import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tracker_app

SCRIPT = """
import sys, threading
import msgspec
from tracker_app.decoding import decodable

sys.setswitchinterval(1e-6)
for _ in range(150):
    class Inner(msgspec.Struct):
        text: str | None = None
    class Outer(msgspec.Struct):
        inner: list[Inner] = []
    globals().update(Inner=Inner, Outer=Outer)
    if sys.argv[1] == "decodable":
        decodable(Outer)
    barrier = threading.Barrier(3)
    def decode():
        barrier.wait()
        msgspec.json.decode(b'{"inner": [{"text": "x"}]}', type=Outer)
    threads = [threading.Thread(target=decode) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def test_types_are_decoded_for_the_first_time_in_several_threads_without_a_crash() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, "decodable"], check=False)
    assert done.returncode == 0


def _message_types() -> list[tuple[str, ast.ClassDef]]:
    found = []
    for path in sorted(Path(tracker_app.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and "Struct" in map(_last, node.bases):
                found.append((path.name, node))
    return found


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


@pytest.mark.parametrize(
    ("file", "node"), [pytest.param(f, n, id=n.name) for f, n in _message_types()]
)
def test_every_message_type_is_read_when_it_is_defined(file: str, node: ast.ClassDef) -> None:
    if (file, node.name) == ("records.py", "Record"):  # its kinds are, below it
        return
    assert "decodable" in map(_last, node.decorator_list)
