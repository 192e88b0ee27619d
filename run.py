#!/usr/bin/env python3
"""One entry point, standard library only: up | test | check | bench | soak | lock | manage …"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
USAGE = """\
python3 run.py up [--port 8000] [--host 127.0.0.1]   start the portal; the first time it prepares everything
python3 run.py test [pytest arguments]               the tests that need no server of their own
python3 run.py check [--gates | --whole]             every gate and every test, on SQLite and PostgreSQL
python3 run.py bench [arguments]                     the benchmarks
python3 run.py soak [--kills 200]                    the long fault test
python3 run.py lock                                  renew constraints.txt from the requirements
python3 run.py manage …                              any Django command"""
NO_SERVER = "not browser and not postgres and not slow and not faults and not long"
# Asked once, of the database that refuses more.
ON_POSTGRES = "access/test_bad_requests.py"
# A process that has nothing left takes tests from the other.
TWO_AT_ONCE = ["-n", "2", "--dist", "worksteal", "-p", "tests.statements"]
TYPED = ["automl", "portal/core", "client/agora"]
GATES = {
    "format": ["ruff", "format", "--check", "."],
    "ruff": ["ruff", "check", "."],
    "import contracts": ["lint-imports"],
    "bandit": ["bandit", "-q", "-r", "-c", "pyproject.toml", "."],
    "deptry": ["deptry", "."],
}


def stop(sentence: str) -> None:
    """End with a sentence that says what to do."""
    sys.exit(f"run.py: {sentence}")


def on_python_311() -> None:
    """Go on under Python 3.11: the locked libraries were resolved for it."""
    if os.name != "posix":
        stop("Agora runs on Linux and macOS; on Windows use WSL.")
    if sys.version_info[:2] == (3, 11):
        return
    found = shutil.which("python3.11")
    if not found:
        stop(f"Agora needs Python 3.11; this is {sys.version.split()[0]} and no python3.11 is on the PATH.")
    os.execv(found, [found, *sys.argv])


# --- the environment ------------------------------------------------------------------------------


def debian(*packages: str) -> bool:
    """Install Debian packages if this process may; whether it did."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-q"], install):
        if subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
            return False
    return True


def fingerprint(requirements: str) -> str:
    """Changes when the environment must be renewed."""
    digest = hashlib.sha256(sys.version.encode())
    for name in sorted({"requirements.txt", requirements, "constraints.txt"}):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """A virtual environment with pip; Debian keeps what that takes in a package of its own."""
    if importlib.util.find_spec("ensurepip") is None and not debian("python3.11-venv"):
        stop("This Python has no ensurepip. Install it (Debian: apt-get install python3.11-venv) or uv.")
    venv.create(ENVIRONMENT, with_pip=True, clear=True)


def installer() -> list[str]:
    """The command that installs into the environment: uv where it is present, else pip."""
    uv = shutil.which("uv")
    if uv:
        if not PYTHON.exists():
            subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        return [uv, "pip", "install", "-q", "--python", str(PYTHON)]
    if not PYTHON.exists():
        make_environment()
    return [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]


def ready(requirements: str) -> None:
    """Install the locked libraries, unless that was done before."""
    stamps = ENVIRONMENT / f".{requirements}.sha256"
    wanted = fingerprint(requirements)
    if PYTHON.exists() and stamps.exists() and stamps.read_text() == wanted:
        return
    print(f"run.py: installing {requirements} into .venv …", file=sys.stderr, flush=True)
    lock = ["-r", str(ROOT / requirements), "-c", str(ROOT / "constraints.txt")]
    if subprocess.run([*installer(), *lock]).returncode:
        stop("The libraries could not be installed; the reason stands above.")
    for name in {requirements, "requirements.txt"}:
        (ENVIRONMENT / f".{name}.sha256").write_text(fingerprint(name))


def tool(name: str) -> str:
    """A program of the environment."""
    return str(ENVIRONMENT / "bin" / name)


@contextmanager
def empty_var() -> Iterator[dict[str, str]]:
    """Variables under which nothing touches the portal's own data."""
    with tempfile.TemporaryDirectory(prefix="agora-", ignore_cleanup_errors=True) as folder:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AGORA_")}
        # Without kept bytecode each of the many processes would compile every module again.
        for name in ("DATABASE_URL", "BROKER_URL", "PYTHONDONTWRITEBYTECODE"):
            kept.pop(name, None)
        path = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        yield {**kept, "AGORA_VAR": folder, "PATH": path, "PYTHONPATH": str(ROOT)}


# --- PostgreSQL -----------------------------------------------------------------------------------


def postgres_programs() -> Path:
    """The folder of PostgreSQL's server programs, installed from Debian when they are missing."""
    for attempt in (1, 2):
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        on_path = shutil.which("initdb")
        if folders or on_path:
            return folders[-1] if folders else Path(str(on_path)).resolve().parent
        if attempt == 1 and not debian("postgresql"):
            break
    stop("PostgreSQL's server is missing (Debian: apt-get install postgresql).")
    raise AssertionError


def unprivileged() -> str | None:
    """Whom the server runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own in a temporary folder; gives its address."""
    programs, user, port = postgres_programs(), unprivileged(), free_port()
    with tempfile.TemporaryDirectory(prefix="agora-pg-", ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        initdb = [str(programs / "initdb"), "-D", data, "-U", "agora", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*initdb, "--locale=C.UTF-8"], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        control = [str(programs / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log"]
        subprocess.run(
            [*control, "-o", options, "start"], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        try:
            yield f"postgresql://agora@127.0.0.1:{port}/agora"
        finally:
            stopping = [*control, "-m", "immediate", "stop"]
            subprocess.run(stopping, user=user, cwd=folder, check=False, stdout=subprocess.DEVNULL)


# --- the commands ---------------------------------------------------------------------------------


def up(arguments: list[str]) -> None:
    """Hand over to `manage.py up`, under the environment."""
    ready("requirements.txt")
    manage(["up", *arguments])


def manage(arguments: list[str]) -> None:
    """Any Django command; this process becomes it."""
    ready("requirements.txt")
    os.environ["PATH"] = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *arguments])


def test(arguments: list[str]) -> None:
    """Run pytest on a data folder of its own."""
    ready("requirements-dev.txt")
    chosen = arguments or TWO_AT_ONCE
    with empty_var() as variables:
        sys.exit(subprocess.run([tool("pytest"), "-m", NO_SERVER, *chosen], env=variables).returncode)


def bench(arguments: list[str]) -> None:
    """Run the benchmarks; the one of the pages on a PostgreSQL of its own, too."""
    ready("requirements-dev.txt")
    if not (ROOT / "benchmarks" / "__main__.py").exists():
        stop("There are no benchmarks in benchmarks/.")
    command = [str(PYTHON), "-m", "benchmarks", *arguments]
    if (
        arguments[:1] in (["pages"], ["sight"])
        and "--postgres" not in arguments
        and "--help" not in arguments
    ):
        with postgres() as address:
            sys.exit(subprocess.run([*command, "--postgres", address]).returncode)
    os.execv(PYTHON, command)


def soak(arguments: list[str]) -> None:
    """The fault test with many kills, on data of its own."""
    ready("requirements-dev.txt")
    manage(["soak", *arguments])


def lock(arguments: list[str]) -> None:
    """Resolve the requirements anew and write constraints.txt."""
    ready("requirements-dev.txt")
    uv = shutil.which("uv") or tool("uv")
    if not Path(uv).exists():
        subprocess.run([*installer(), "uv"], check=True)
    resolve = [
        uv,
        "pip",
        "compile",
        "-q",
        "--universal",
        "--python-version",
        "3.11",
        "--no-header",
        "--no-annotate",
    ]
    sys.exit(
        subprocess.run([*resolve, "requirements-dev.txt", "-o", "constraints.txt", *arguments]).returncode
    )


class Check:
    """Every gate and every test, one after the other; a failure does not hide the next."""

    def __init__(self) -> None:
        self.results: list[tuple[str, bool, float, str]] = []

    def step(self, name: str, command: list[str], variables: dict[str, str]) -> None:
        """Run one program, show what it says, keep its last line."""
        print(
            f"\n=== {name}: {' '.join(Path(part).name if part[:1] == '/' else part for part in command)}",
            flush=True,
        )
        began, last = time.monotonic(), ""
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, env=variables, text=True, errors="replace", **quiet) as program:
            for line in program.stdout or ():
                print(line, end="", flush=True)
                last = line.strip() or last
        self.results.append((name, program.returncode == 0, time.monotonic() - began, last))

    def gates(self, variables: dict[str, str]) -> None:
        """What reads the code without running it, and Django's own checks."""
        for name, command in GATES.items():
            self.step(name, [tool(command[0]), *command[1:]], variables)
        rules = [*ROOT.glob("*/rules.py"), *ROOT.glob("*/rules/"), *ROOT.glob("*/services/")]
        typed = [name for name in TYPED if (ROOT / name).exists()]
        self.step(
            "types", [tool("mypy"), *typed, *(str(path.relative_to(ROOT)) for path in rules)], variables
        )
        production = {
            **variables,
            "AGORA_PRODUCTION": "1",
            "AGORA_SECRET_KEY": secrets.token_urlsafe(64),
            "AGORA_HOSTS": "agora.example.org",
            "AGORA_BASE_URL": "https://agora.example.org",
        }
        checks = [str(PYTHON), "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        self.step("django, as in production", checks, production)
        migrations = [str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"]
        self.step("migrations complete", migrations, variables)

    def tests(self, variables: dict[str, str], where: str, chosen: str, *more: str) -> None:
        """The suite on one database; the killing of processes, which mostly waits, apart from the rest."""
        pytest = [tool("pytest"), "-q", *TWO_AT_ONCE, *more]
        self.step(f"tests on {where}", [*pytest, "-m", f"not faults and not long{chosen}"], variables)
        self.step(f"faults on {where}", [*pytest, "-m", f"faults and not long{chosen}"], variables)

    def report(self) -> int:
        """One line per step; the exit code."""
        print("\n=== summary")
        for name, passed, seconds, last in self.results:
            print(f"{'ok    ' if passed else 'FAILED'} {seconds:6.0f} s  {name:26} {last[:120]}")
        total = sum(seconds for _, _, seconds, _ in self.results)
        failed = [name for name, passed, _, _ in self.results if not passed]
        print(
            f"{total / 60:.1f} minutes; {'failed: ' + ', '.join(failed) if failed else 'everything passed'}"
        )
        return 1 if failed else 0


def check(arguments: list[str]) -> None:
    """Everything that must hold before a change is accepted."""
    needed = {"chromium": "chromium", "bwrap": "bubblewrap"}
    missing = [package for program, package in needed.items() if not shutil.which(program)]
    if missing and not debian(*missing):
        stop(f"Missing on this machine: {', '.join(missing)} (Debian: apt-get install {' '.join(missing)}).")
    ready("requirements-dev.txt")
    os.chdir(ROOT)
    run = Check()
    with empty_var() as variables:
        run.gates(variables)
    if "--gates" not in arguments:
        with tempfile.TemporaryDirectory(prefix="agora-") as folder:
            on_both_databases(run, Path(folder) / "statements.jsonl", whole="--whole" in arguments)
    sys.exit(run.report())


def on_both_databases(run: Check, said: Path, *, whole: bool) -> None:
    """All of SQLite; of PostgreSQL what together says all that was said, or ``whole``, which takes half an hour more."""
    with empty_var() as variables:
        leave_out = f"--ignore=tests/{ON_POSTGRES}"
        run.tests(variables, "SQLite", " and not postgres", leave_out, f"--statements-to={said}")
    with empty_var() as variables, postgres() as address:
        chosen = " and not browser and not slow"  # a browser does not see which database answers
        few = [] if whole else [f"--statements-from={said}"]
        run.tests({**variables, "DATABASE_URL": address}, "PostgreSQL", chosen, *few)


COMMANDS = {
    "up": up,
    "test": test,
    "check": check,
    "bench": bench,
    "soak": soak,
    "lock": lock,
    "manage": manage,
}


def main() -> None:
    """Find the command and run it from the top of the repository."""
    on_python_311()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders go too
    name, *arguments = sys.argv[1:] or ["--help"]
    if name not in COMMANDS:
        print(USAGE)
        sys.exit(0 if name in {"-h", "--help", "help"} else 2)
    os.chdir(ROOT)
    COMMANDS[name](arguments)


if __name__ == "__main__":
    main()
