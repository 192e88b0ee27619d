"""The command line: `agora login | whoami | datasets | experiments | models | artifacts | library`."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agora import Agora, AgoraError, frames, login
from agora.connection import Row
from agora.library import KINDS
from agora.printing import Printer

WAIT = "wait until it is over"


def sign_in(asked: argparse.Namespace, printer: Printer) -> None:
    """Asks for a token unless it comes through standard input, tries it, and keeps it."""
    print(f"Make a token at {asked.url.rstrip('/')}/profile/ (Your profile, API tokens).", file=sys.stderr)
    token = (
        sys.stdin.readline().strip() if asked.token_stdin else getpass.getpass("Token (not shown): ").strip()
    )
    with Agora(asked.url, token) as portal:
        me = portal.me()
    login.keep(login.Login(asked.url, token))
    printer.say(f"Signed in as {me['display_name']}.")


def sign_out(asked: argparse.Namespace, printer: Printer) -> None:
    """Forgets the token here."""
    printer.say(
        "Forgotten here. Revoke the token in the portal to end it." if login.forget() else "Nothing was kept."
    )


def who(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Whose token this is."""
    printer.one(portal.me(), "display_name", "email", "unit", "duties", "rights")


def dataset_list(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Datasets I see."""
    printer.many(portal.datasets.list(asked.search), "id", "name", "classification", "newest_version", "rows")


def dataset_show(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """One dataset and its versions."""
    printer.one(portal.datasets.get(asked.id), "id", "name", "description", "classification", "source")
    printer.many(
        portal.datasets.versions(asked.id), "id", "number", "state", "rows", "columns", "original_name"
    )


def dataset_upload(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Bring a file as a new dataset, or as a new version of one."""
    if asked.dataset:
        version = portal.datasets.add_version(asked.dataset, asked.file)
    else:
        version = portal.datasets.upload(
            asked.name or asked.file.stem,
            asked.file,
            use_case=asked.use_case,
            classification=asked.classification,
        )
    if asked.wait:
        version = portal.datasets.ready(version["id"], tell=printer.state)
    printer.one(version, "id", "dataset", "number", "state", "rows", "columns")


def dataset_profile(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """What stands in each column of a version."""
    columns = portal.datasets.profile(asked.id)["columns"]
    printer.many(columns, "name", "kind", "missing_share", "distinct")


def dataset_get(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Take the table of a version along as Parquet."""
    printer.say(str(portal.datasets.take(asked.id, asked.to)))


def experiment_list(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Experiments I see."""
    printer.many(portal.experiments.list(asked.search), "id", "title", "status", "created_at")


def experiment_show(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """One experiment and its candidates."""
    printer.one(portal.experiments.get(asked.id), "id", "title", "status", "state_in_words", "question")
    printer.many(
        portal.experiments.trials(asked.id), "id", "name", "is_best", "is_baseline", "status", "cv_score"
    )


def experiment_create(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Make a draft from a question in a JSON file."""
    try:
        question: Row = json.loads(asked.question.read_text())
    except ValueError as error:
        raise AgoraError(f"{asked.question} is not JSON: {error}") from None
    made = portal.experiments.create(
        asked.title, use_case=asked.use_case, dataset_version=asked.dataset_version, question=question
    )
    printer.one(made, "id", "title", "status", "question")


def experiment_check(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Let the guardrails look, and show what they found."""
    portal.experiments.check(asked.id)
    found = portal.experiments.checked(asked.id, tell=printer.state)
    alerts = [each for each in found if each["is_current"] and each["is_alerted"]]
    printer.many(alerts, "id", "severity", "text", "fix")


def experiment_start(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Begin the search."""
    found = portal.experiments.start(asked.id)
    if asked.wait:
        found = portal.experiments.finished(asked.id, tell=printer.state)
    printer.one(found, "id", "title", "status")


def experiment_watch(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Follow a search until its end."""
    printer.one(portal.experiments.finished(asked.id, tell=printer.state), "id", "title", "status")


def experiment_stop(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """End a search now and keep the best so far."""
    printer.one(portal.experiments.stop(asked.id), "id", "title", "status")


def experiment_export(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Build a candidate in one form and take it along."""
    printer.say(str(portal.experiments.export(asked.id, asked.form, asked.to)))


def model_list(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Models I see."""
    printer.many(portal.models.list(asked.search), "id", "name", "use_case", "champion")


def model_show(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """One model and its versions."""
    printer.one(portal.models.get(asked.id), "id", "name", "use_case", "champion")
    printer.many(portal.models.versions(asked.id), "id", "number", "status", "valid_until")


def model_score(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """What the champion answers for the rows of a CSV or JSON file."""
    given = asked.file.read_text()
    if asked.file.suffix == ".json":
        try:
            rows: Any = json.loads(given)
        except ValueError as error:
            raise AgoraError(f"{asked.file} is not JSON: {error}") from None
    else:
        rows = frames.from_csv(asked.file)
    print(json.dumps(portal.models.score(asked.id, rows), indent=1, ensure_ascii=False))


def artifact_list(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Documents and models built to be taken along."""
    printer.many(portal.artifacts.documents(), "id", "kind", "number", "language", "completeness", "made_at")
    printer.many(portal.artifacts.exports(), "id", "format", "status", "size_bytes", "created_at")


def artifact_get(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Take a document or an export along."""
    take = portal.artifacts
    saved = (
        take.take_document(asked.id, asked.form, asked.to)
        if asked.form
        else take.take_export(asked.id, asked.to)
    )
    printer.say(str(saved))


def library_list(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Everything I may build on."""
    found = portal.library.list(asked.search, kind=asked.kind, tag=asked.tag)
    printer.many(found, "id", "kind", "title", "classification", "at")


def library_show(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """One artifact and its versions."""
    printer.one(portal.library.get(asked.id), "id", "kind", "title", "description", "classification", "tags")
    printer.many(portal.library.versions(asked.id), "id", "number", "original_name", "size_bytes", "remark")


def library_add(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Bring a file as an artifact, or as a new version of one."""
    if asked.artifact:
        version = portal.library.add_version(asked.artifact, asked.file, remark=asked.remark)
        printer.one(version, "id", "artifact", "number", "media_type")
        return
    made = portal.library.bring(
        asked.title or asked.file.stem,
        asked.file,
        kind=asked.kind,
        use_case=asked.use_case,
        tags=asked.tag,
        made_from=asked.made_from,
    )
    printer.one(made, "id", "kind", "title", "classification", "tags", "made_from")


def library_get(portal: Agora, asked: argparse.Namespace, printer: Printer) -> None:
    """Take the file of a version along."""
    printer.say(str(portal.library.take(asked.id, asked.to)))


Act = Callable[[Agora, argparse.Namespace, Printer], None]


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    top = argparse.ArgumentParser(
        prog="agora", description="The Agora portal by code, with the same rules as on its pages."
    )
    top.add_argument("--json", action="store_true", help="print JSON, for other programs")
    first = top.add_subparsers(dest="noun", required=True, metavar="command")
    enter = first.add_parser("login", help="keep address and token for later commands")
    enter.add_argument("--url", default="http://127.0.0.1:8000")
    enter.add_argument("--token-stdin", action="store_true", help="read the token from standard input")
    enter.set_defaults(own=sign_in)
    first.add_parser("logout", help="forget them").set_defaults(own=sign_out)
    first.add_parser("whoami", help="whose token this is").set_defaults(act=who)
    add_datasets(group(first, "datasets", "tables"))
    add_experiments(group(first, "experiments", "searches for a model"))
    add_models(group(first, "models", "registered models"))
    add_artifacts(group(first, "artifacts", "documents and models taken along"))
    add_library(group(first, "library", "everything one may build on, and artifacts one brings"))
    return top


def group(first: Any, name: str, text: str) -> Any:
    """A noun whose verbs follow."""
    return first.add_parser(name, help=text).add_subparsers(dest="verb", required=True, metavar="act")


def verb(verbs: Any, name: str, act: Act, *, key: str = "") -> argparse.ArgumentParser:
    """One act; `key` is the help of its id, when it takes one."""
    made: argparse.ArgumentParser = verbs.add_parser(name, help=act.__doc__, description=act.__doc__)
    made.set_defaults(act=act)
    if key:
        made.add_argument("id", help=key)
    return made


def add_datasets(verbs: Any) -> None:
    """`agora datasets …`."""
    verb(verbs, "list", dataset_list).add_argument("--search")
    verb(verbs, "show", dataset_show, key="id of the dataset")
    upload = verb(verbs, "upload", dataset_upload)
    upload.add_argument("file", type=Path)
    upload.add_argument("--name", help="of the new dataset; the file's by default")
    upload.add_argument("--dataset", help="id of the dataset that gets a new version")
    upload.add_argument("--use-case", help="id of the use case it belongs to")
    upload.add_argument(
        "--classification", choices=["public", "internal", "confidential", "personal", "special"]
    )
    upload.add_argument("--wait", action="store_true", help=WAIT)
    verb(verbs, "profile", dataset_profile, key="id of the version")
    verb(verbs, "get", dataset_get, key="id of the version").add_argument("--to", type=Path, default=Path())


def add_experiments(verbs: Any) -> None:
    """`agora experiments …`."""
    verb(verbs, "list", experiment_list).add_argument("--search")
    verb(verbs, "show", experiment_show, key="id of the experiment")
    create = verb(verbs, "create", experiment_create)
    create.add_argument("question", type=Path, help="JSON file with target, roles, measure, budget")
    for name in ("title", "use-case", "dataset-version"):
        create.add_argument(f"--{name}", required=True)
    verb(verbs, "check", experiment_check, key="id of the experiment")
    verb(verbs, "start", experiment_start, key="id of the experiment").add_argument(
        "--wait", action="store_true", help=WAIT
    )
    verb(verbs, "watch", experiment_watch, key="id of the experiment")
    verb(verbs, "stop", experiment_stop, key="id of the experiment")
    export = verb(verbs, "export", experiment_export, key="id of the candidate")
    export.add_argument("form", choices=["skops", "onnx", "package", "notebook", "script", "mlflow"])
    export.add_argument("--to", type=Path, default=Path())


def add_models(verbs: Any) -> None:
    """`agora models …`."""
    verb(verbs, "list", model_list).add_argument("--search")
    verb(verbs, "show", model_show, key="id of the model")
    verb(verbs, "score", model_score, key="id of the model").add_argument("file", type=Path)


def add_artifacts(verbs: Any) -> None:
    """`agora artifacts …`."""
    verb(verbs, "list", artifact_list)
    get = verb(verbs, "get", artifact_get, key="id of the document or export")
    get.add_argument("--form", choices=["pdf", "html", "md", "json"], help="for a document")
    get.add_argument("--to", type=Path, default=Path())


def add_library(verbs: Any) -> None:
    """`agora library …`."""
    find = verb(verbs, "list", library_list)
    for name in ("search", "kind", "tag"):
        find.add_argument(f"--{name}")
    verb(verbs, "show", library_show, key="id of the artifact")
    add = verb(verbs, "add", library_add)
    add.add_argument("file", type=Path)
    add.add_argument("--kind", choices=KINDS[:-1], default="document")
    add.add_argument("--title", help="of the new artifact; the file's name by default")
    add.add_argument("--artifact", help="id of the artifact that gets a new version")
    add.add_argument("--remark", help="what is new in this version")
    add.add_argument("--use-case", help="id of the use case it belongs to")
    add.add_argument("--tag", action="append", default=[])
    add.add_argument("--made-from", action="append", default=[], metavar="KIND:ID")
    verb(verbs, "get", library_get, key="id of the version").add_argument("--to", type=Path, default=Path())


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. 0: done; 1: the portal refused or something failed, said on standard error."""
    asked = parser().parse_args(arguments)
    printer = Printer(as_json=asked.json)
    try:
        if hasattr(asked, "own"):
            asked.own(asked, printer)
        else:
            with Agora() as portal:
                asked.act(portal, asked, printer)
    except AgoraError as error:
        print(f"agora: {error}", file=sys.stderr)
        return 1
    except (OSError, TimeoutError, ImportError) as error:
        print(f"agora: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("agora: stopped; what goes on in the portal goes on.", file=sys.stderr)
        return 130
    return 0
