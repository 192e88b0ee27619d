"""Limits a child command sets on itself: memory, processor time and threads."""

from __future__ import annotations

import os
import sys

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "ARROW_NUM_THREADS",
)


def limit_threads(threads: int) -> None:
    """Cap BLAS, OpenMP and Arrow threads.

    The environment covers libraries that are not loaded yet, so call this before numpy is
    imported; ``threadpoolctl`` then covers those that are.
    """
    for name in THREAD_VARIABLES:
        os.environ[name] = str(max(1, threads))
    # A thread that waits sleeps: where cores are shared, waiting busily costs half of the work again.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if "numpy" in sys.modules:
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=max(1, threads))


def limit_resources(memory_mb: int | None = None, cpu_seconds: int | None = None) -> dict[str, int]:
    """Set RLIMIT_AS and RLIMIT_CPU on this process where the system has them (POSIX).

    Parameters
    ----------
    memory_mb : int or None
        Address space in megabytes; None or 0 leaves it.
    cpu_seconds : int or None
        Processor seconds after which the kernel sends SIGXCPU; None or 0 leaves it.

    Returns
    -------
    dict
        The limits that were really set; empty on systems without ``resource``.
    """
    try:
        import resource
    except ImportError:
        return {}
    applied = {}
    wanted = (
        ("memory_mb", resource.RLIMIT_AS, memory_mb, 1 << 20),
        ("cpu_seconds", resource.RLIMIT_CPU, cpu_seconds, 1),
    )
    for name, kind, amount, unit in wanted:
        if not amount:
            continue
        _, hard = resource.getrlimit(kind)
        value = amount * unit if hard == resource.RLIM_INFINITY else min(amount * unit, hard)
        try:
            resource.setrlimit(kind, (value, hard))
        except (ValueError, OSError):
            continue  # macOS refuses RLIMIT_AS; the caller's sandbox is then the only limit
        applied[name] = value // unit
    return applied


def limit_growth(memory_mb: int | None) -> int | None:
    """Let this process grow by at most so many megabytes from its present size (Linux).

    A limit that is stricter already stays. Returns the address space allowed, in megabytes.
    """
    if not memory_mb:
        return None
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            present = int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, ValueError):
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    wanted = present + memory_mb
    if soft != resource.RLIM_INFINITY:
        wanted = min(wanted, soft >> 20)
    return limit_resources(memory_mb=wanted).get("memory_mb")
