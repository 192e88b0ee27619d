"""R13. Direct writes do not help: no method, form, import, admin or line of code but a service's sets a status."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from rest_framework import mixins
from rest_framework.viewsets import GenericViewSet

from portal.core.api.kit import StrictSerializer
from portal.core.states import Machine
from projects.services import import_rows
from tests.access.routes import routes
from tests.judging.paths import PATHS
from tests.judging.test_decision_paths import prepare, sent
from tests.judging.world import standing, taken_back

pytestmark = pytest.mark.django_db
APPS = ("portal", "projects", "training", "governance")
# Where something stands: the field of every machine of states, and what follows from it.
STANDS = {
    model._meta.label: model.LIFE.field
    for model in apps.get_models()
    if isinstance(getattr(model, "LIFE", None), Machine)
}
WORDS = {
    *STANDS.values(),
    "phase",
    "risk_tier",
    "is_verified",
    "active_step",
    "manifest_digest",
    "valid_until",
    "revoked_at",
}
FORGED = {
    "status": "approved", "state": "approved", "phase": "live", "risk_tier": "minimal", "valid_until": "2099-01-01",
    "decided_by": 1, "manifest_digest": "0" * 64, "role": "champion",
}  # fmt: skip


def everything_of(package: str) -> None:
    """Import every module of a package, so that its classes are known."""
    found = importlib.import_module(package)
    for each in pkgutil.walk_packages(getattr(found, "__path__", []), f"{package}."):
        if "migrations" not in each.name and not each.name.endswith(
            ("settings", "broker", "celery", "wsgi", "asgi")
        ):
            importlib.import_module(each.name)


def below(kind: type) -> Iterator[type]:
    """Every class derived from this one, of our own apps."""
    for each in kind.__subclasses__():
        if each.__module__.split(".")[0] in APPS:
            yield each
        yield from below(each)


# What these say is not the status of the thing: a filter, the gallery of components, a limit of a column of the
# board, and the tier that triage suggests, which its service never lowers.
NOT_ITS_STATUS = {
    "JobFilter", "Sample", "SampleFilter", "LimitForm", "LimitIn", "AcceptForm", "AcceptIn",
}  # fmt: skip


def test_no_form_sets_a_status():
    for app in APPS:
        everything_of(app)
    assert not [each for each in below(forms.ModelForm)], "A form of a model writes past the services."
    named = {each.__qualname__: WORDS & set(each.base_fields) for each in below(forms.Form)}
    assert len(named) > 60
    assert {name for name, found in named.items() if found} <= NOT_ITS_STATUS


def test_no_import_sets_a_status():
    assert "title" in import_rows.FIELDS and not set(import_rows.FIELDS) & WORDS


def test_the_django_admin_is_not_there(client, court):
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not [path for app in APPS for path in (Path(settings.ROOT) / app).rglob("admin.py")]
    client.cookies["sessionid"] = court.sessions["administrator"]
    for url in ("/admin/", "/admin/governance/modelversion/", "/api/admin/"):
        assert client.get(url).status_code == 404


def test_no_serializer_of_the_api_takes_a_status():
    for app in APPS:
        everything_of(app)
    taken = {each.__qualname__: WORDS & set(each().fields) for each in below(StrictSerializer)}
    assert len(taken) > 60
    assert {name for name, found in taken.items() if found} <= NOT_ITS_STATUS
    past = (mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin)
    views = [each for each in below(GenericViewSet) if issubclass(each, past)]
    assert views == [], "A view of the API saves a model past the services."


def objects(court) -> dict[str, object]:
    """By the name of their addresses."""
    return {
        "model": court.version.model, "model_version": court.version, "approval": court.waiting["model_review"],
        "finding": court.finding, "policy": court.waiting["policy"].policy_draft, "override": court.override,
        "residual_risk": court.risk, "use-case": court.use_case, "gate": court.use_case, "approval_need": court.use_case,
        "experiment": court.version.trial.experiment, "dataset": court.version.dataset_version.dataset,
        "delegation": court.delegation, "waiver": court.waiver, "data_access": court.grant, "artifact_access": court.artifact_grant, "showcase": court.story,
    }  # fmt: skip


def test_no_method_of_any_address_of_the_api_sets_a_status(court):
    """PUT nowhere; PATCH, PUT and POST on the address of each object and list, by the one who may decide and by the author."""
    assert [route.name for route in routes() if route.is_api and "PUT" in route.methods] == []
    tried = 0
    with taken_back():
        before = standing()
        for name, found in objects(court).items():
            for url in addresses(name, found):
                for who in ("reviewer", "author"):
                    for method in ("patch", "put", "post"):
                        send = getattr(court.client(who), method)
                        answer = send(url, FORGED, content_type="application/json")
                        assert answer.status_code in {400, 403, 404, 405}, (method, url, answer.status_code)
                        tried += 1
        assert standing() == before
    assert tried > 100


def addresses(name: str, found) -> Iterator[str]:
    """The list and the object."""
    for route, kwargs in ((f"api:{name}-list", {}), (f"api:{name}-detail", {"pk": found.pk})):
        try:
            yield reverse(route, kwargs=kwargs)
        except NoReverseMatch:
            continue


@pytest.mark.parametrize("key", sorted({path.api: key for key, path in PATHS.items()}.values()))
def test_a_status_sent_along_with_an_act_is_refused_or_changes_nothing(key, court):
    path = PATHS[key]
    forged = {name: each for name, each in FORGED.items() if name not in path.said}
    after = []
    for asked in (path, replace(path, said=path.said | forged)):
        with taken_back():
            prepare(court, asked)
            answer = sent(court, asked, "reviewer")
            after.append((answer.status_code, plain(standing())))
    assert after[1][0] == 400 or after[1] == after[0]


def plain(stands):
    """Without what is new in each run."""
    return {
        name: [row[1] for row in rows]
        for name, rows in stands.items()
        if name in {"versions", "requests", "cases", "stories"}
    }


# The machine itself, jobs which have a lease beside their state, and the one writer of the tier.
KEPT = {"portal/core/states.py", "portal/core/services/jobs.py", "projects/services/use_cases.py"}


def test_only_services_and_machines_write_a_status():
    """No module assigns, updates or moves the state of anything, but services through `LIFE.move`."""
    found = []
    for app in APPS:
        for path in sorted((Path(settings.ROOT) / app).rglob("*.py")):
            where = str(path.relative_to(settings.ROOT))
            if "migrations" in path.parts or where in KEPT:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                found += [
                    f"{where}:{node.lineno} {what}"
                    for what in written(node, is_service="services" in path.parts)
                ]
    assert found == []


FIELDS = {"status", "state", "phase", "risk_tier"}


def written(node: ast.AST, *, is_service: bool) -> Iterator[str]:
    """How this piece of code writes a status past its machine, or moves one outside a service."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (f"assigns {each}" for target in targets for each in assigned(target))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        keywords = {each.arg for each in node.keywords} & FIELDS
        if node.func.attr == "update" and keywords:
            yield f"updates {keywords}"
        if ast.unparse(node.func).endswith(".LIFE.move") and not is_service:
            yield "moves a machine"
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr" and not is_service:
        name = node.args[1]
        if not isinstance(name, ast.Constant) or name.value in FIELDS:
            yield "sets an attribute by name"


def assigned(target: ast.AST) -> Iterator[str]:
    """The fields of other things than itself that stand on the left."""
    for each in getattr(target, "elts", [target]):
        if isinstance(each, ast.Attribute) and each.attr in FIELDS and ast.unparse(each.value) != "self":
            yield each.attr


@pytest.mark.parametrize(
    "line",
    ["version.status = 'approved'", "a, b.state = 1, 2", "rows.update(phase='live')", "Model.LIFE.move(x, 'approve')",
     "setattr(x, name, 1)"],
)  # fmt: skip
def test_the_look_at_the_code_sees_each_way_to_write(line):
    assert [what for node in ast.walk(ast.parse(line)) for what in written(node, is_service=False)]
