"""The mentors' desk: who waits for how long, and what is promised to the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.waiting import Waiting
from training import assessing, exercise_rules
from training.models import Exercise, Review
from training.wording import say

DAYS = 30


@dataclass(frozen=True)
class Promise:
    """What a learner may expect: from the waits that ended in the last thirty days, and those ahead."""

    ahead: int
    median_days: float | None
    most_days: float | None  # 85 of 100 waited no longer

    @property
    def position(self) -> int:
        """Place in the queue."""
        return self.ahead + 1


def waits(mode: str) -> list[float]:
    """Days from asking to a mentor's first look, of those looked at in the last thirty days."""
    since = clock.now() - timedelta(days=DAYS)
    rows = Review.objects.filter(mode=mode, first_seen_at__gt=since).values_list(
        "created_at", "first_seen_at"
    )
    return [(seen - asked).total_seconds() / 86400 for asked, seen in rows if seen]


def promise(mode: str, before: Any = None) -> Promise:
    """For one more request, or for one that waits since `before`."""
    queue = Review.objects.filter(mode=mode, state=Review.State.WAITING)
    ahead = queue.filter(created_at__lt=before) if before else queue
    days = sorted(waits(mode))
    return Promise(ahead.count(), percentile(days, 50), percentile(days, 85))


def percentile(days: Sequence[float], at: int) -> float | None:
    """Inclusive percentile; nothing without a wait that ended."""
    if not days:
        return None
    if len(days) == 1:
        return days[0]
    return quantiles(days, n=100, method="inclusive")[at - 1]


@dataclass(frozen=True)
class Desk:
    """What a mentor sees first: what is in their hands, and what waits, the oldest first."""

    mine: list[Review]
    waiting: list[Review]
    promises: dict[str, Promise]


def desk(user: User) -> Desk:
    """A constant number of queries."""
    held = Review.objects.for_list().filter(mentor=user, state__in=[Review.State.WITH_MENTOR])
    waiting = Review.objects.for_list().waiting_for(user).order_by("created_at", "id")
    return Desk(list(held), list(waiting[:100]), {mode: promise(mode) for mode in Review.Mode.values})


def waiting_for(user: User) -> list[Waiting]:
    """Conversations in which it is one's own turn."""
    turn = Q(mentor=user, state=Review.State.WITH_MENTOR) | Q(
        work__user=user, state=Review.State.WITH_LEARNER
    )
    return [
        Waiting(
            _("A learner waits for your answer") if review.mentor_id == user.pk else _("Your mentor wrote"),
            review.work.exercise.title,
            reverse("training:review_detail", args=[review.pk]),
            review.since,
            _("Read and answer"),
            "comment",
        )
        for review in Review.objects.for_list().filter(turn).order_by("since")[:20]
    ]


def assessed_exercises(user: User) -> list[Exercise]:
    """Exercises that people mark."""
    rows = Exercise.objects.visible_to(user).for_list().select_related("version", "version__exercise")
    return [each for each in rows if each.version and each.version.is_assessed]


def shown_evidence(review: Review) -> dict[str, Any]:
    """The evidence in the reader's language."""
    kept, version = review.evidence, review.work.version
    titles = {each["code"]: say(each["titles"]) for each in version.checks}
    asked = kept.get("experiment") or {}
    return {
        "checks": [
            {"title": titles.get(each["code"], each["code"]), "state": each["state"], "found": filled(each)}
            for each in kept.get("checks", [])
        ],
        "written": [
            {
                "label": say(each["labels"]),
                "text": filled(kept["pieces"][each["key"]])
                if each["key"] in kept.get("pieces", {})
                else kept.get("written", {}).get(each["key"], ""),
            }
            for each in version.fields
        ],
        "experiment": asked,
        "is_portfolio": "pieces" in kept,
        "guardrails": [{**each, "text": filled(each)} for each in asked.get("guardrails", [])],
        "facts": facts(asked),
    }


def filled(each: dict[str, Any]) -> str:
    """A kept sentence with its values."""
    return _(each["text"]) % each["params"] if each["text"] else ""


def facts(asked: dict[str, Any]) -> list[tuple[str, str]]:
    """The question and its result as pairs."""
    if not asked:
        return []
    question, scores = asked["question"], asked["scores"]
    pairs = [
        (_("Predicts"), question.get("target", "")),
        (_("One row is"), asked["row_meaning"]),
        (_("The prediction is made"), asked["predicted_when"]),
        (_("Measure"), question.get("metric", "")),
        (_("Test"), asked["validation"]),
        *(
            (_("Columns as “%(role)s”") % {"role": role}, ", ".join(names))
            for role, names in asked["roles"].items()
        ),
    ]
    if scores:
        pairs.append((_("Best on the test rows"), f"{scores['best']:.3g}"))
        pairs.append((_("Same answer for everybody"), f"{scores['baseline']:.3g}"))
    return [(label, str(text) or "–") for label, text in pairs]


def criteria(review: Review) -> list[dict[str, Any]]:
    """The rubric, after the end with the median and what each marker gave."""
    given = list(review.marked_anew()) if review.state == Review.State.DONE else []
    return [
        {
            **each,
            "median": review.levels.get(each["key"]),
            "given": [marking.levels[each["key"]] for marking in given],
            "is_reached": review.levels.get(each["key"], -1) >= each["needs"],
        }
        for each in review.work.version.criteria
    ]


def first_result(review: Review, user: User) -> list[tuple[str, Any]]:
    """What was contested, criterion by criterion: for the learner, and for all others once it is marked anew."""
    if not review.is_contested or (review.state != Review.State.DONE and review.work.user_id != user.pk):
        return []
    levels = review.first_result.get("levels", {})
    return [(each["title"], levels.get(each["key"])) for each in review.work.version.criteria]


def samples(version: Any, user: User) -> list[dict[str, Any]]:
    """Each sample with what the person gave and, once given, what the experts gave and the difference."""
    given = exercise_rules.given_by(user, version)
    rows = []
    for number, sample in enumerate(version.samples, start=1):
        mine = given.get(sample["key"])
        rows.append(
            {
                "key": sample["key"],
                "number": number,
                "text": say(sample["texts"]),
                "is_marked": mine is not None,
                "verdict": exercise_rules.may_calibrate(user, version, sample["key"]),
                "criteria": [
                    {
                        "title": each["title"],
                        "mine": mine[each["key"]],
                        "experts": sample["reference"][each["key"]],
                        "gap": mine[each["key"]] - sample["reference"][each["key"]],
                        "is_near": abs(mine[each["key"]] - sample["reference"][each["key"]])
                        <= assessing.CALIBRATED_WITHIN,
                    }
                    for each in version.criteria
                ]
                if mine
                else [],
            }
        )
    return rows
