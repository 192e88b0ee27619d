"""``python -m benchmarks <name> …`` runs ``benchmarks/<name>.py``; without a name it lists them."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent


def available() -> dict[str, str]:
    """Benchmarks that have a ``main``, with the first line of what they say about themselves."""
    found = {}
    for path in sorted(HERE.glob("[a-z]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def run(arguments: list[str]) -> int:
    """Run the named benchmark with the remaining arguments; its exit code is ours."""
    known = available()
    if not arguments or arguments[0] not in known:
        sys.stderr.write("python -m benchmarks <name> …\n")
        sys.stderr.writelines(f"  {name:16} {line}\n" for name, line in known.items())
        return 2
    return int(import_module(f"benchmarks.{arguments[0]}").main(arguments[1:]) or 0)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
