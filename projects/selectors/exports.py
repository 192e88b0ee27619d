"""What may be taken along of one candidate, and how far each form is."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.core.models import Job, User
from portal.core.verdicts import Verdict
from projects.models import Export, Trial
from projects.rules import exports as rules
from projects.sentences import sentence, sentences

ICONS = {
    "package": "box",
    "onnx": "bolt",
    "notebook": "notebook",
    "script": "code",
    "mlflow": "plug",
    "skops": "database",
}


@dataclass(frozen=True)
class Shape:
    """One format on the page."""

    format: str
    name: str
    icon: str
    purpose: str
    export: Export | None
    color: str
    notes: list[str]
    nearest: dict[str, Any] | None
    may_download: Verdict | None
    is_busy: bool
    is_missing: bool  # never built, or the last attempt failed


def purposes() -> dict[str, str]:
    """What each format is for."""
    return {
        "package": _(
            "Score rows anywhere with Python: model, pinned versions, a command, a test. It runs without the portal."
        ),
        "onnx": _(
            "Score rows in other languages and very fast. Compared with the original on real rows before it is handed out."
        ),
        "notebook": _("Read and train the model again, step by step, in Jupyter."),
        "script": _("Train the model again in one go and compare the score with the recorded one."),
        "mlflow": _("Bring the model to a platform that speaks MLflow."),
        "skops": _("The fitted scikit-learn pipeline itself, without pickle, for data scientists."),
    }


def shapes(user: User, trial: Trial) -> list[Shape]:
    """All formats of a candidate, in the order most people want them; two questions to the database."""
    made = {each.format: each for each in Export.objects.filter(trial=trial).for_list()}
    words = purposes()
    return [shape(user, trial, form, words[form.value], made.get(form.value)) for form in Export.Format]


def shape(user: User, trial: Trial, form: Export.Format, purpose: str, export: Export | None) -> Shape:
    """One format."""
    status = export.status if export else ""
    if export:
        export.trial = trial  # with its experiment, so that the rule asks nothing
    return Shape(
        format=form.value,
        name=str(form.label),
        icon=ICONS[form.value],
        purpose=purpose,
        export=export,
        color="yellow" if status == "refused" else Job.COLORS.get(status, "grey"),
        notes=sentences(export.notes) if export else [],
        nearest=nearest(trial, export) if status == "refused" else None,
        may_download=rules.may_download(user, export) if export and export.file_digest else None,
        is_busy=bool(export and not export.job.is_over),
        is_missing=export is None or status in {"failed", "cancelled"},
    )


def nearest(trial: Trial, export: Export | None) -> dict[str, Any] | None:
    """The best candidate of the same experiment that has this form, with what it costs."""
    found = (export.report if export else {}).get("nearest")
    other = found and trial.experiment.trials.filter(number=found["number"]).first()
    if not other:
        return None
    return {
        "trial": other,
        "note": sentence((found.get("checks") or {}).get("note", {})),
        "score": other.cv_score,
        "own_score": trial.cv_score,
    }
