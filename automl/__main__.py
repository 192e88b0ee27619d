"""The command line ``python -m automl <command>``; heavy libraries load only in the commands."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from automl import limits
from automl.failing import problem_of, report
from automl.speaking import say


def _ingest(options: argparse.Namespace) -> int:
    from automl.files import read_json
    from automl.ingest import Bounds, ingest

    bounds = Bounds(options.max_rows, options.max_columns, options.max_cell)
    reading = read_json(Path(options.reading)) if options.reading else None
    outcome = ingest(Path(options.source), options.name, Path(options.out), bounds, reading)
    print(json.dumps({"ok": outcome["ok"], "errors": len(outcome["errors"])}))
    return 0


def _unpack(options: argparse.Namespace) -> int:
    from automl.unpack import unpack_files

    return unpack_files(Path(options.source), Path(options.out))


def _profile(options: argparse.Namespace) -> int:
    from automl.files import write_json
    from automl.large import is_large
    from automl.large.profile import profile_large
    from automl.profiling import profile_table
    from automl.tables import read_parquet

    table = Path(options.table)
    found = profile_large(table) if is_large(table) else profile_table(read_parquet(table))
    write_json(Path(options.out), found)
    return 0


def _expect(options: argparse.Namespace) -> int:
    from automl.expectations import expect_files

    return expect_files(Path(options.table), Path(options.expectations), Path(options.out), options.today)


def _prepare(options: argparse.Namespace) -> int:
    from automl.prepare.run import prepare_files

    return prepare_files(Path(options.table), Path(options.plan), Path(options.out), options.sample)


def _pair(options: argparse.Namespace) -> int:
    from automl.pairing import pair_files

    return pair_files(Path(options.table), options.first, options.second, Path(options.out))


def _relate(options: argparse.Namespace) -> int:
    from automl.relating import relate_files

    return relate_files(Path(options.table), options.target, Path(options.out))


def _rows(options: argparse.Namespace) -> int:
    from automl.rows import write_rows

    write_rows(Path(options.table), Path(options.out))
    return 0


def _check(options: argparse.Namespace) -> int:
    from automl.guardrails.command import check_command

    earlier = Path(options.earlier) if options.earlier else None
    places = Path(options.table), Path(options.question), Path(options.out)
    return check_command(*places, _policies(options), earlier, options.looks)


def _policies(options: argparse.Namespace) -> list[Path | None]:
    return [Path(each) if each else None for each in (options.policy, options.thresholds)]


def _frame(options: argparse.Namespace) -> int:
    from automl.framing import frame_files

    costs = options.false_positive, options.false_negative
    return frame_files(Path(options.table), options.target, Path(options.out), *costs)


def _fit(options: argparse.Namespace) -> int:
    from automl.fit import fit_command

    places = Path(options.table), Path(options.question), Path(options.workdir)
    checked = Path(options.checked) if options.checked else None
    return fit_command(*places, options.threads, _policies(options), checked, options.scheduler)


def _score(options: argparse.Namespace) -> int:
    from automl.scoring import score_files

    return score_files(Path(options.model), Path(options.rows), Path(options.out), options.sha256)


def _rehearse(options: argparse.Namespace) -> int:
    from automl.scoring import rehearse

    return rehearse(Path(options.model), options.sha256)


def _serve(options: argparse.Namespace) -> int:
    from automl.serve import serve

    return serve(Path(options.model), options.sha256, sys.stdin, sys.stdout)


def _drift(options: argparse.Namespace) -> int:
    from automl.drift import drift_files

    scores = Path(options.scores) if options.scores else None
    drift_files(Path(options.reference), Path(options.rows), Path(options.out), scores, options.threads)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from automl.explain.command import explain_command

    extra = Path(options.options) if options.options else None
    places = Path(options.model), Path(options.table), Path(options.question)
    return explain_command(*places, options.what, extra, Path(options.out), options.sha256)


def _answer(options: argparse.Namespace) -> int:
    from automl.explain.answering import answer_lines

    places = Path(options.model), Path(options.table), Path(options.question)
    return answer_lines(*places, options.sha256, sys.stdin, sys.stdout)


def _compare(options: argparse.Namespace) -> int:
    from automl.compare import compare_command

    models = (Path(options.model), options.sha256), (Path(options.other), options.other_sha256)
    places = Path(options.table), Path(options.question), Path(options.out)
    return compare_command(*models, *places, whole=bool(options.whole))


def _export(options: argparse.Namespace) -> int:
    from automl.export.run import export_command

    return export_command(options)


COMMANDS = {
    "ingest": (_ingest, ("source", "name", "out"), "read an uploaded file into table.parquet"),
    "unpack": (_unpack, ("source", "out"), "check and unpack the bundle of a project"),
    "profile": (_profile, ("table", "out"), "describe every column of a table"),
    "expect": (_expect, ("table", "expectations", "out", "today"), "check what is expected of a table"),
    "prepare": (_prepare, ("table", "plan", "out"), "play a recipe on a table"),
    "pair": (_pair, ("table", "first", "second", "out"), "look at two columns together"),
    "relate": (_relate, ("table", "target", "out"), "measure every column against a target"),
    "rows": (_rows, ("table", "out"), "write the cells of a table as text"),
    "check": (_check, ("table", "question", "out"), "run the guardrails before training"),
    "frame": (
        _frame,
        ("table", "target", "out"),
        "recommend task, metric, roles and validation, with reasons",
    ),
    "fit": (_fit, ("table", "question", "workdir"), "search, train and report models"),
    "score": (_score, ("model", "rows", "out"), "predict rows with a stored model"),
    "rehearse": (_rehearse, ("model",), "predict the sample row that a stored model keeps"),
    "serve": (_serve, ("model",), "answer prediction requests, one JSON line each"),
    "explain": (_explain, ("model", "table", "question", "what", "out"), "explain a stored model"),
    "answer": (_answer, ("model", "table", "question"), "explain a stored model, one JSON line each"),
    "compare": (_compare, ("model", "other", "table", "question", "out"), "test two models on the same rows"),
    "export": (_export, ("model", "format", "out"), "take a model away in one of six formats"),
    "drift": (_drift, ("reference", "rows", "out"), "compare new rows with the training rows"),
}


# What the files and words are that a command cannot do without.
MEANINGS = {
    "source": "file to read",
    "name": "its original name, kept for the report",
    "table": "table that ingest wrote (Parquet)",
    "rows": "new rows: .parquet, .csv or .json (a list of objects); of rows a table",
    "out": "what is written: a folder for ingest, unpack and prepare, predictions (.parquet, .csv, .json) for score, a zip for export, else JSON",
    "question": "question.json: target, task, metric, roles, validation, budget_seconds, costs (see README)",
    "workdir": "folder for checkpoint, models and result.json; the same one again goes on where it stopped",
    "target": "column to predict",
    "model": "folder of a stored model: WORKDIR/models/trial_N",
    "other": "folder of the model to compare with",
    "reference": "result.json of the run, or its reference and about",
    "what": "effects, pdp, ale, rows, whatif, change, learning or report",
    "format": "package, onnx, skops, mlflow, notebook or script",
    "first": "a column",
    "second": "another column",
    "expectations": "JSON: what is expected of the table",
    "today": "the day from which freshness counts, YYYY-MM-DD",
    "plan": "JSON: the steps to play",
}
STOPPED = 130  # by Ctrl-C
CODES = (
    "Exit codes: 0 done (what is refused for its content is said in the answer), 1 failed, 2 the question has no answer or "
    "an option is wrong, 3 the model is not the expected one. What went wrong stands in one JSON line on the standard "
    "output; AUTOML_TRACEBACK=1 shows engineers where."
)

Option = tuple[float | None, str]
SHA: dict[str, Option] = {"--sha256": (None, "digest the model must have")}
POLICY: dict[str, Option] = {
    "--policy": (None, "JSON: stricter limits and graver severities of the guardrails"),
    "--thresholds": (None, "JSON: more such limits, a number per check; the stricter one holds"),
}
# Options that a command may be given: default and meaning. A whole number stays one.
OPTIONS: dict[str, dict[str, Option]] = {
    "ingest": {
        "--max-rows": (2_000_000, "rows at most"),
        "--max-columns": (2_000, "columns at most"),
        "--max-cell": (100_000, "characters of a cell at most"),
        "--reading": (None, "JSON: how to read it, where what is found out is wrong"),
    },
    "check": POLICY
    | {
        "--earlier": (None, "the version of the table before this one"),
        "--looks": (0, "models judged on the holdout so far"),
    },
    "fit": POLICY
    | {
        "--checked": (None, "JSON: what `check` found for this very question; not looked at again"),
        "--scheduler": (None, "address of a Dask scheduler whose workers train, tcp://host:port"),
    },
    "prepare": {"--sample": (0, "1: only look at the first rows")},
    "explain": SHA | {"--options": (None, "JSON: columns, rows, row, changes, goal")},
    "frame": {
        "--false-positive": (1.0, "cost of a false alarm"),
        "--false-negative": (5.0, "cost of a missed one"),
    },
    "answer": SHA,
    "compare": SHA
    | {
        "--other-sha256": (None, "digest the other model must have"),
        "--whole": (0, "1: new rows, all with a known answer count; 0: the holdout of the table"),
    },
    "score": SHA,
    "rehearse": SHA,
    "serve": SHA,
    "export": SHA
    | {
        "--result": (None, "result.json of the run"),
        "--table": (None, "real rows to check the export with"),
        "--others": (None, "folders of other trials, the best first, joined by commas"),
    },
    "drift": {"--scores": (None, "predictions for the new rows")},
}


def parser() -> argparse.ArgumentParser:
    """Build the argument parser with one sub-command per entry of ``COMMANDS``."""
    root = argparse.ArgumentParser(
        prog="python -m automl",
        description="Reads tables, checks them, trains and explains models.",
        epilog=CODES,
    )
    commands = root.add_subparsers(dest="command", required=True)
    for name, (_, required, text) in COMMANDS.items():
        command = commands.add_parser(
            name, help=text, description=text[0].upper() + text[1:] + ".", epilog=CODES
        )
        for option in required:
            command.add_argument(f"--{option}", required=True, help=MEANINGS[option])
        command.add_argument("--threads", type=int, default=1, help="processor cores to use")
        command.add_argument("--memory-mb", type=int, default=None, help="memory it may take, in MB")
        command.add_argument("--cpu-seconds", type=int, default=None, help="processor time it may take")
        for option, (default, meaning) in OPTIONS.get(name, {}).items():
            kind = str if default is None else type(default)
            command.add_argument(option, default=default, type=kind, help=meaning)
    return root


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code (see ``CODES``)."""
    # Process 1 of a namespace is deaf to signals it does not handle; a search replaces this by its own stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parser().parse_args(arguments)
    limits.limit_threads(options.threads)
    limits.limit_resources(options.memory_mb, options.cpu_seconds)
    try:
        return COMMANDS[options.command][0](options)
    except KeyboardInterrupt:
        return STOPPED
    except Exception as error:  # noqa: BLE001 - a person reads one sentence; engineers read the standard error
        code, problem = problem_of(error)
        say({"event": "failed", **problem})
        report(error)
        return code


if __name__ == "__main__":
    sys.exit(main())
