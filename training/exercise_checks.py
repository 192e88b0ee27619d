"""Automatic checks of an exercise: each reads facts of the sandbox and says right, wrong, open or failed."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop as N_

from portal.core.models import Job
from projects.models import DatasetVersion
from projects.sentences import sentence
from training.exercise_facts import Facts

RIGHT, WRONG, OPEN, FAILED = "right", "wrong", "open", "failed"
OUR_FAULT = N_("The portal could not look at this. It is our fault, not yours: try again in a few minutes.")
Params = Mapping[str, Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """What one check found, as a sentence with its values, shown in the reader's language."""

    state: str
    text: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def say(self) -> str:
        """In words."""
        return gettext(self.text) % self.params if self.text else ""


def right(text: str = "", /, **params: Any) -> Finding:
    """As asked."""
    return Finding(RIGHT, text, params)


def wrong(text: str, /, **params: Any) -> Finding:
    """Tried, and not as asked: what was found."""
    return Finding(WRONG, text, params)


def not_yet(text: str) -> Finding:
    """Not attempted."""
    return Finding(OPEN, text)


def failed(text: str = OUR_FAULT, /, **params: Any) -> Finding:
    """We could not check."""
    return Finding(FAILED, text, params)


def run(check: Params, facts: Facts) -> Finding:
    """One check; whatever breaks inside it is our fault and is logged, never the learner's mistake."""
    try:
        return KINDS[check["kind"]].look(facts, check)
    except Exception:
        log.exception("check %s of an exercise broke", check.get("code"))
        return failed()


def table_read(facts: Facts, check: Params) -> Finding:
    """A table is in the sandbox, was read, and is the supplied one (by its number of rows)."""
    if not facts.versions:
        return not_yet(N_("There is no table in the sandbox yet."))
    newest = facts.versions[0]
    if facts.ready is None:
        if newest.state == DatasetVersion.State.REJECTED:
            why = sentence(newest.problems[0]) if newest.problems else ""
            return wrong(N_("The table was not accepted. %(why)s"), why=why)
        if newest.job and newest.job.state in {Job.State.FAILED, Job.State.CANCELLED}:
            return failed(N_("Reading the table failed. Bring it again; the portal has noted the failure."))
        return not_yet(N_("The table is being read. Look again in a moment."))
    if facts.ready.rows != facts.table_rows:
        return wrong(
            N_("The table has %(rows)s rows, the one of this exercise has %(wanted)s."),
            rows=facts.ready.rows,
            wanted=facts.table_rows,
        )
    return right(
        N_("%(rows)s rows and %(columns)s columns were read."),
        rows=facts.ready.rows,
        columns=facts.ready.columns,
    )


def dictionary(facts: Facts, check: Params) -> Finding:
    """The meaning of so many columns is written down."""
    if facts.ready is None:
        return not_yet(N_("There is no table in the sandbox yet."))
    names = {each["name"] for each in facts.ready.columns_described}
    told = [name for name, text in facts.ready.dataset.dictionary.items() if name in names and text.strip()]
    if not told:
        return not_yet(N_("No column is explained yet."))
    if len(told) < check["at_least"]:
        return wrong(
            N_("%(n)s columns are explained; %(wanted)s are asked for."),
            n=len(told),
            wanted=check["at_least"],
        )
    return right(N_("%(n)s columns are explained."), n=len(told))


def measured(facts: Facts, name: str) -> float | None:
    """A figure of the sandbox by its name, such as `missing_percent:Income`; nothing while it is not known."""
    what, _colon, column = name.partition(":")
    if what in {"best", "baseline"}:
        return getattr(facts.scores, what) if facts.scores else None
    if facts.ready is None:
        return None
    columns = {each["name"]: each for each in facts.ready.columns_described}
    match what:
        case "rows":
            return facts.ready.rows
        case "duplicate_rows":
            return float(facts.ready.profile["duplicate_rows"])
        case "columns_with_gaps":
            return sum(1 for each in columns.values() if each["missing"])
        case "missing_percent":
            return 100 * float(columns[column]["missing_share"])
        case "distinct":
            return float(columns[column]["distinct"])
    raise LookupError(name)


def value(facts: Facts, check: Params) -> Finding:
    """A figure the learner wrote down, against what the sandbox shows."""
    said = facts.written.get(check["field"], "").strip().replace(",", ".").rstrip("% ")
    if not said:
        return not_yet(N_("Write the figure into its field below."))
    try:
        number = float(said)
    except ValueError:
        return wrong(N_("“%(said)s” is not a number."), said=said[:40])
    truth = measured(facts, check["of"])
    if truth is None:
        return not_yet(N_("The sandbox does not show this figure yet; do the steps before."))
    if abs(number - truth) <= check["tolerance"]:
        return right(N_("%(said)s is what the sandbox shows."), said=f"{number:g}")
    return wrong(N_("You wrote %(said)s; the sandbox shows another figure."), said=f"{number:g}")


def target(facts: Facts, check: Params) -> Finding:
    """The right column is predicted."""
    chosen = facts.question.get("target")
    if not chosen:
        return not_yet(N_("No experiment of the sandbox names what to predict yet."))
    if chosen != check["column"]:
        return wrong(N_("The experiment predicts “%(column)s”."), column=chosen)
    return right(N_("The experiment predicts “%(column)s”."), column=chosen)


def role(facts: Facts, check: Params) -> Finding:
    """Columns have one of the roles asked for."""
    if not facts.roles:
        return not_yet(N_("No experiment gives the columns their roles yet."))
    still = {name: facts.roles.get(name, "feature") for name in check["columns"]}
    off = {name: given for name, given in still.items() if given not in check["roles"]}
    if not off:
        return right(N_("Done for %(columns)s."), columns=", ".join(check["columns"]))
    if check.get("is_hunt"):  # naming the columns would give the answer away
        return wrong(N_("%(n)s columns that should not be used are still used."), n=len(off))
    name, given = next(iter(off.items()))
    return wrong(N_("“%(column)s” has the role “%(role)s”."), column=name, role=given)


def kept(facts: Facts, check: Params) -> Finding:
    """Enough honest columns are still used: leaving everything out finds every leak and predicts nothing."""
    if not facts.roles:
        return not_yet(N_("No experiment gives the columns their roles yet."))
    used = sum(1 for given in facts.roles.values() if given == "feature")
    if used < check["at_least"]:
        return wrong(N_("Only %(n)s columns are still used; honest ones were thrown out too."), n=used)
    return right(N_("%(n)s columns are used."), n=used)


def validation(facts: Facts, check: Params) -> Finding:
    """The test resembles the use."""
    chosen = (facts.question.get("validation") or {}).get("kind")
    if not chosen:
        return not_yet(N_("No experiment says how it is tested yet."))
    if chosen not in check["kinds"]:
        return wrong(N_("The test is “%(kind)s”."), kind=chosen)
    return right(N_("The test is “%(kind)s”."), kind=chosen)


def metric(facts: Facts, check: Params) -> Finding:
    """A measure that fits the decision."""
    chosen = facts.question.get("metric")
    if not chosen:
        return not_yet(N_("No experiment names its measure yet."))
    if chosen not in check["metrics"]:
        return wrong(N_("The measure is “%(metric)s”."), metric=chosen)
    return right(N_("The measure is “%(metric)s”."), metric=chosen)


def said(facts: Facts, check: Params) -> Finding:
    """What a row is and when the prediction is made stand in words."""
    if facts.experiment is None:
        return not_yet(N_("There is no experiment in the sandbox yet."))
    words = {"row_meaning": facts.experiment.row_meaning, "predicted_when": facts.experiment.predicted_when}
    short = [name for name, text in words.items() if len(text.split()) < 2]
    if len(short) == 2:
        return not_yet(N_("Neither the meaning of a row nor the moment is written down yet."))
    if short:
        return wrong(N_("One of the two is missing or is a single word."))
    return right(N_("Both stand in your words."))


def checked(facts: Facts, check: Params) -> Finding:
    """The guardrails looked at the question as it stands, nothing blocks, and every finding is answered."""
    if facts.experiment is None:
        return not_yet(N_("There is no experiment in the sandbox yet."))
    job = facts.experiment.check_job
    if not facts.is_checked:
        if job and job.state == Job.State.FAILED:
            return failed(N_("The checks themselves failed: %(why)s"), why=job.error_text)
        if job and not job.is_over:
            return not_yet(N_("The checks are running. Look again in a moment."))
        return not_yet(N_("Run the checks on the question as it stands."))
    before = [each for each in facts.findings if each.stage == "pre_train"]
    blocks = [each for each in before if each.severity == "block"]
    if blocks:
        return wrong(N_("A check blocks: %(text)s"), text=blocks[0].text)
    waiting = [each for each in before if each.awaits_words]
    if waiting:
        return wrong(N_("A finding waits for your justification: %(text)s"), text=waiting[0].text)
    return right(N_("The checks found nothing that stands open."))


def searched(facts: Facts, check: Params) -> Finding:
    """A search ended with a result."""
    if facts.experiment is None or facts.experiment.job is None:
        return not_yet(N_("No search was started yet."))
    job = facts.experiment.job
    if not job.is_over:
        return not_yet(N_("The search is running. Look again in a moment."))
    if job.state == Job.State.CANCELLED:
        return wrong(N_("The search was cancelled. Copy the experiment and start it again."))
    if job.state == Job.State.FAILED:
        return failed(N_("The search itself failed: %(why)s"), why=job.error_text)
    return right(N_("The search ended with a result."))


def beats_baseline(facts: Facts, check: Params) -> Finding:
    """The best model is better on the test rows than the same answer for everybody."""
    if facts.experiment is None or facts.experiment.status != "done":
        return not_yet(N_("There is no result to compare yet."))
    if facts.scores is None:
        return failed(N_("The result holds no score to compare. Start the search again."))
    figures = {"best": f"{facts.scores.best:.3g}", "baseline": f"{facts.scores.baseline:.3g}"}
    if not facts.scores.is_beaten:
        return wrong(
            N_("The best reaches %(best)s, the same answer for everybody %(baseline)s: no gain."), **figures
        )
    return right(N_("The best reaches %(best)s, the same answer for everybody %(baseline)s."), **figures)


def written(facts: Facts, check: Params) -> Finding:
    """The learner wrote enough words for a person to judge."""
    words = len(facts.written.get(check["field"], "").split())
    if not words:
        return not_yet(N_("Write your text into its field below."))
    if words < check["at_least"]:
        return wrong(
            N_("%(n)s words are too few to judge; write at least %(wanted)s."),
            n=words,
            wanted=check["at_least"],
        )
    return right(N_("%(n)s words are written; a person judges them."), n=words)


def own(facts: Facts, check: Params) -> Finding:
    """A piece of real work is chosen, and the records say that it is the learner's."""
    chosen = facts.written.get(check["field"], "")
    if not chosen:
        return not_yet(N_("Choose a piece of your work below."))
    piece = facts.pieces.get(chosen)
    if piece is None:
        return wrong(N_("The records of the portal do not show this piece as yours; choose another."))
    return right(piece.sentence, ref=piece.ref)


def varied(facts: Facts, check: Params) -> Finding:
    """Different pieces, of so many kinds."""
    chosen = [facts.written[name] for name in check["fields"] if facts.written.get(name)]
    if not chosen:
        return not_yet(N_("Choose a piece of your work below."))
    if len(set(chosen)) < len(check["fields"]):
        return wrong(N_("Choose %(wanted)s different pieces."), wanted=len(check["fields"]))
    kinds = len({each.partition(":")[0] for each in chosen})
    if kinds < check["at_least"]:
        return wrong(
            N_("The pieces are of one kind only; show %(wanted)s kinds of work."), wanted=check["at_least"]
        )
    return right(N_("%(n)s pieces of %(kinds)s kinds of work."), n=len(chosen), kinds=kinds)


@dataclass(frozen=True)
class Kind:
    """A kind of check, the settings it needs in the file, and those it may have."""

    look: Callable[[Facts, Params], Finding]
    needs: dict[str, type | tuple[type, ...]] = field(default_factory=dict)
    may: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "table_read": Kind(table_read),
    "dictionary": Kind(dictionary, {"at_least": int}),
    "value": Kind(value, {"field": str, "of": str, "tolerance": (int, float)}),
    "target": Kind(target, {"column": str}),
    "role": Kind(role, {"columns": list, "roles": list}, may=("is_hunt",)),
    "kept": Kind(kept, {"at_least": int}),
    "validation": Kind(validation, {"kinds": list}),
    "metric": Kind(metric, {"metrics": list}),
    "said": Kind(said),
    "checked": Kind(checked),
    "searched": Kind(searched),
    "beats_baseline": Kind(beats_baseline),
    "own": Kind(own, {"field": str}),
    "varied": Kind(varied, {"fields": list, "at_least": int}),
    "written": Kind(written, {"field": str, "at_least": int}),
}
MEASURES = {"rows", "duplicate_rows", "columns_with_gaps", "missing_percent", "distinct", "best", "baseline"}
