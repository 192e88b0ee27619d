"""What a sandbox shows: the facts that the checks of an exercise read. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.core.models import User
from projects.models import DatasetVersion, Experiment, GuardrailResult
from projects.question import digest_of
from training import own_work
from training.models import ExerciseWork


@dataclass(frozen=True)
class Facts:
    """The tables of a sandbox, and one experiment of it; `written` is what the learner wrote down."""

    versions: list[DatasetVersion]
    experiment: Experiment | None = None
    written: dict[str, str] = field(default_factory=dict)
    table_rows: int = 0
    learner: User | None = None

    @cached_property
    def ready(self) -> DatasetVersion | None:
        """The table the experiment asks, else the newest one that was read."""
        if self.experiment:
            return self.experiment.dataset_version
        return next((each for each in self.versions if each.state == DatasetVersion.State.READY), None)

    @cached_property
    def question(self) -> dict[str, Any]:
        """What was asked; empty before there is an experiment."""
        return dict(self.experiment.question) if self.experiment else {}

    @cached_property
    def roles(self) -> dict[str, str]:
        """Column to role."""
        return dict(self.question.get("roles") or {})

    @cached_property
    def findings(self) -> list[GuardrailResult]:
        """What the guardrails found in the question as it stands, alerts only."""
        return list(self.experiment.guardrails.current().alerted()) if self.experiment else []

    @cached_property
    def pieces(self) -> dict[str, own_work.Piece]:
        """Real work that the learner can show."""
        return own_work.pieces(self.learner) if self.learner else {}

    @property
    def is_checked(self) -> bool:
        """Whether the guardrails looked at exactly this question."""
        return bool(self.experiment) and self.experiment.checked_digest == digest_of(self.experiment)  # type: ignore[union-attr,arg-type]

    @cached_property
    def scores(self) -> "Scores | None":
        """What the best model and the same answer for everybody reach on the test rows."""
        metric = (self.experiment.result.get("metric") or {}) if self.experiment else {}
        if not self.experiment or not metric:
            return None
        found: dict[str, float] = {}
        for trial in self.experiment.trials.all():
            if metric["name"] not in trial.test_metrics:
                continue
            score = float(trial.test_metrics[metric["name"]]["value"])
            found |= {"best": score} if trial.is_best else {}
            found |= {"baseline": score} if trial.is_baseline else {}
        if set(found) != {"best", "baseline"}:
            return None
        return Scores(found["best"], found["baseline"], metric["direction"] == "maximize", metric["name"])


@dataclass(frozen=True)
class Scores:
    """Two scores on the same rows, and whether more is better."""

    best: float
    baseline: float
    is_more_better: bool
    metric: str

    @property
    def is_beaten(self) -> bool:
        """Whether the best is better than the same answer for everybody."""
        return self.best > self.baseline if self.is_more_better else self.best < self.baseline


def candidates(work: ExerciseWork) -> Iterable[Facts]:
    """One set of facts for each experiment of the sandbox, newest first; one without where there is none."""
    if not work.version.table:
        return [Facts([], written=work.written, learner=work.user)]
    versions = list(
        DatasetVersion.objects.filter(dataset__use_case=work.use_case_id)
        .select_related("dataset", "job")
        .order_by("-created_at")
    )
    common = {
        "versions": versions,
        "written": work.written,
        "table_rows": int(work.version.table.get("rows") or 0),
    }
    asked = Experiment.objects.filter(use_case=work.use_case_id).select_related(
        "dataset_version__dataset", "job", "check_job"
    )
    found = [Facts(experiment=each, **common) for each in asked.order_by("-created_at")[:20]]
    return found or [Facts(**common)]
