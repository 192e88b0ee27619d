"""The rules of docs/developers.md that a machine can hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

ROOT: Path = settings.ROOT
APPS = ("portal", "projects", "training", "governance", "automl")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
SERVICES = [path for path in SOURCES if path.parent.name == "services" and path.name != "__init__.py"]
WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
# Dictionaries have an update() too, so only these receivers are taken for querysets.
QUERYSET_WORDS = {"objects", "filter", "exclude", "all"}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Every function of a module, methods included."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def length(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    has_words = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_words else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path):
    text = path.read_text()

    assert len(text.splitlines()) <= 400
    assert {each.name: length(each) for each in functions(ast.parse(text)) if length(each) > 40} == {}


def test_files_of_tests_stay_small_too():
    written = [path for part in ("tests", "benchmarks", "client") for path in (ROOT / part).rglob("*.py")]

    assert {str(path): n for path in written if (n := len(path.read_text().splitlines())) > 400} == {}
    assert len(written) > 100


def test_templates_stay_small():
    templates = [path for app in APPS for path in (ROOT / app).rglob("templates/**/*.html")]

    assert {str(path): n for path in templates if (n := len(path.read_text().splitlines())) > 120} == {}


def test_no_module_is_a_drawer_for_anything():
    drawers = {"utils", "helpers", "common", "misc", "manager", "extras"}

    assert [str(path) for path in SOURCES if path.stem in drawers or path.parent.name in drawers] == []


def writes_in(path: Path) -> list[str]:
    """Calls in a module that change rows."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        chain = ast.unparse(node.func.value)
        is_queryset = any(f".{word}" in f".{chain}" for word in QUERYSET_WORDS)
        verb = node.func.attr
        if (verb in WRITES and (is_queryset or verb == "save")) or (
            verb in {"update", "delete"} and is_queryset
        ):
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} {chain}.{verb}")
    return found


def test_only_services_write():
    shelves = {"views", "api", "forms", "filters", "tables", "selectors", "rules", "tasks"}
    readers = [
        path
        for path in SOURCES
        if "services" not in path.parts
        and (path.stem in shelves or shelves & set(path.parts))
        and path != ROOT / "portal/core/tasks.py"  # the probe of the fault tests leaves its one mark
    ]

    assert [line for path in readers for line in writes_in(path)] == []


def public(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions of a module that others call."""
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_service_that_changes_something_names_its_actor_and_writes_it_down(path: Path):
    """A function with `by=` is a verb of the house: it must be keyword-only; its module records."""
    tree = ast.parse(path.read_text())
    verbs = [
        each for each in public(tree) if "by" in {arg.arg for arg in each.args.args + each.args.kwonlyargs}
    ]

    assert [each.name for each in verbs if "by" not in {arg.arg for arg in each.args.kwonlyargs}] == []
    silent = {"notices.py", "audit.py"}
    if verbs and path.name not in silent:
        assert "audit.record(" in path.read_text()


def test_a_key_to_another_app_leaves_no_way_back():
    ours = {"projects", "training", "governance"}
    leaks = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ours
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
    ]

    assert leaks == []


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nothing_in_the_repository_needs_a_place_outside_it():
    words = ("../" + "shared", "/work/" + "main")
    texts = [*SOURCES, *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]

    assert [str(path) for path in texts if any(word in path.read_text() for word in words)] == []


@pytest.mark.parametrize("banned", ["pickle", "joblib", "cloudpickle", "dill"])
def test_nothing_unpickles(banned: str):
    importing = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(each.name.split(".")[0] == banned for each in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == banned)
    ]

    assert importing == []


# Whoever stores bytes here gives their digest back; the service named writes the row.
HELD_BY = {"projects/services/artifact_files.py": "projects/services/artifacts.py"}


def test_whoever_stores_a_file_holds_its_bytes_until_its_row_stands():
    storing = {str(path.relative_to(ROOT)) for path in SERVICES if "filestore.store(" in path.read_text()}
    assert len(storing) >= 9
    for name in sorted(storing):
        holder = ROOT / HELD_BY.get(name, name)
        assert "stored_files.hold(" in holder.read_text(), (
            f"{name}: call stored_files.hold(digest) with the row"
        )


# Digests of texts, tables of figures and secrets: they name no stored file.
NO_FILE = {
    "checked_digest", "question_digest", "facts_digest", "content_digest", "subject_digest", "consent_digest",
    "manifest_digest", "model_sha256",
}  # fmt: skip


def test_every_digest_that_names_a_stored_file_keeps_it_from_the_sweep():
    asked = holders_text()
    for model in apps.get_models():
        for each in model._meta.get_fields():
            name = getattr(each, "name", "")
            if not isinstance(each, models.CharField) or not name.endswith(("digest", "sha256")):
                continue
            if name in NO_FILE or (name == "digest" and model.__name__ != "ArtifactVersion"):
                continue
            assert name in asked, (
                f"{model.__name__}.{name}: ask for it in needed_files, or the sweep removes its bytes"
            )


def holders_text() -> str:
    """What asks whether a digest is needed, by the text of its modules."""
    return "".join(path.read_text() for path in SOURCES if path.name == "needed_files.py")
