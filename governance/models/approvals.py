"""The question put to deciders, and their answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.approval_sight import ApprovalQuerySet
from governance.models.policies import PolicyVersion
from governance.models.versions import ModelVersion
from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import Artifact, Dataset, GuardrailResult, UseCase

if TYPE_CHECKING:
    pass


# What every request to use a thing has in common.
LENT = Q(policy_draft__isnull=True, version__isnull=True, kind="data_access")


@dataclass(frozen=True)
class Step:
    """One step of a request: who answers it, how many of them, and whether they decide or advise."""

    role: str
    quorum: int = 1
    takes: str = "decision"
    certificate: str = ""
    instead_of: str = ""  # the role that had nobody without a stake

    @property
    def decides(self) -> bool:
        """Whether its answers count as a decision."""
        return self.takes == "decision"


class ApprovalRequest(Record):
    """
    One question to named deciders about one frozen subject.

    The rules in force are copied into `policy` when it opens and never change afterwards; the
    decision counts only for `subject_digest`. Time never approves.
    """

    class Kind(models.TextChoices):
        G1 = "G1", _("Gate 1: start initialisation")
        G2 = "G2", _("Gate 2: start development")
        G3 = "G3", _("Gate 3: go to production")
        G4 = "G4", _("Gate 4: production review")
        G5 = "G5", _("Gate 5: retire")
        MODEL_REVIEW = "model_review", _("Review of a model")
        PROMOTION = "promotion", _("Promotion to champion")
        TIER_CHANGE = "tier_change", _("Lower risk tier")
        POLICY = "policy", _("Publication of a policy")
        WAIVER = "waiver", _("Waiver of a requirement")
        BLOCK_WAIVER = "block_waiver", _("Waiver of a guardrail")
        DATA_ACCESS = "data_access", _("Access to data or an artifact")
        RETIREMENT = "retirement", _("Retirement of a model")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a decision")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        VOID = "void", _("Void: the subject changed")
        HELD = "held", _("On hold")
        PIVOTED = "pivoted", _("Pivot: a new direction is asked")
        STOPPED = "stopped", _("Stopped")

    COLORS = {
        "open": "blue", "approved": "green", "rejected": "red", "changes_requested": "yellow",
        "withdrawn": "grey", "expired": "grey", "void": "orange", "held": "yellow", "pivoted": "purple", "stopped": "orange",
    }  # fmt: skip

    class Course(models.TextChoices):
        """What a production review proposes."""

        KEEP = "keep", _("Keep it as it is")
        SCALE = "scale", _("Scale it up")
        FIX = "fix", _("Put it right")
        RETIRE = "retire", _("Prepare to retire it")

    GATES = (Kind.G1, Kind.G2, Kind.G3, Kind.G4, Kind.G5)
    LIFE = Machine(
        "state",
        {
            "approve": {State.OPEN: State.APPROVED},
            "reject": {State.OPEN: State.REJECTED},
            "request_changes": {State.OPEN: State.CHANGES_REQUESTED},
            "withdraw": {State.OPEN: State.WITHDRAWN},
            "expire": {State.OPEN: State.EXPIRED},
            "void": {State.OPEN: State.VOID},
            "hold": {State.OPEN: State.HELD},
            "pivot": {State.OPEN: State.PIVOTED},
            "stop": {State.OPEN: State.STOPPED},
        },
    )

    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    topic = models.CharField(max_length=70, blank=True)  # which of several like questions: G3:trust_contract
    dataset = models.ForeignKey(
        Dataset, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("dataset")
    )
    artifact = models.ForeignKey(
        Artifact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("artifact"),
    )
    use_case = models.ForeignKey(
        UseCase, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("use case")
    )
    policy_draft = models.ForeignKey(
        PolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="requests",
        verbose_name=_("policy"),
    )  # fmt: skip
    version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    state = models.CharField(_("state"), max_length=18, choices=State, default=State.OPEN)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    subject_digest = models.CharField(max_length=64)
    revision = models.PositiveSmallIntegerField(
        _("revision"), default=1
    )  # asked again about the same subject
    proposal = models.JSONField(default=dict)  # a proposed change, kept aside until it is applied (R14)
    policy_version = models.CharField(max_length=20)
    policy = models.JSONField(default=dict)  # steps, times and modes of requirements, as they stood
    pinned_policy = models.ForeignKey(
        PolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    noted = models.JSONField(
        default=list
    )  # requirements unmet when the gate was passed that only warn or observe
    waivers = models.JSONField(default=dict)  # requirement code -> reason
    course = models.CharField(_("proposed course"), max_length=8, choices=Course, blank=True)  # G4 only
    active_step = models.PositiveSmallIntegerField(default=1)
    is_own_act = models.BooleanField(default=False)  # the policy leaves it to the requester alone
    is_preapproved = models.BooleanField(default=False)  # small change on the short track (R15)
    is_sampled = models.BooleanField(default=False)  # of those, looked at afterwards
    due_on = models.DateField(_("due"), null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)  # when a change kept aside was made

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["state", "kind", "-created_at"], name="approval_inbox")]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "kind", "topic"],
                condition=Q(state="open", version__isnull=True, dataset__isnull=True, artifact__isnull=True),
                name="one_open_request_per_gate",
            ),
            models.UniqueConstraint(
                fields=["policy_draft"], condition=Q(state="open"), name="one_open_request_per_policy"
            ),
            models.CheckConstraint(
                condition=Q(
                    use_case__isnull=False, policy_draft__isnull=True, dataset__isnull=True, artifact__isnull=True
                )
                | Q(LENT, dataset__isnull=False, artifact__isnull=True)
                | Q(LENT, dataset__isnull=True, artifact__isnull=False)
                | Q(
                    use_case__isnull=True, dataset__isnull=True, artifact__isnull=True, policy_draft__isnull=False,
                    version__isnull=True, kind="policy",
                ),
                name="request_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=["version", "kind"], condition=Q(state="open"), name="one_open_request_per_version"
            ),
            models.UniqueConstraint(
                fields=["dataset", "requested_by"], condition=Q(state="open"), name="one_open_request_for_data"
            ),
            models.UniqueConstraint(
                fields=["artifact", "requested_by"], condition=Q(state="open"), name="one_open_request_for_artifact"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.subject}"

    @property
    def subject(self) -> Any:
        """What is decided on."""
        return self.version or self.thing or self.use_case or self.policy_draft

    @property
    def thing(self) -> Dataset | Artifact | None:
        """What somebody asks to use."""
        return self.dataset or self.artifact

    @property
    def about(self) -> str:
        """The subject, and who asks where that is what is decided on."""
        return f"{self.thing} · {self.requested_by}" if self.thing else str(self.subject)

    @property
    def case(self) -> UseCase:
        """The use case of a request that is about one; policies, datasets and artifacts are not."""
        assert self.use_case is not None  # a constraint of the table
        return self.use_case

    @property
    def plan(self) -> list[Step]:
        """The steps as they were pinned when this was asked."""
        return [Step(**each) for each in self.policy.get("steps", [])]

    @property
    def steps(self) -> list[str]:
        """The role that answers each step."""
        return [step.role for step in self.plan]

    @property
    def active(self) -> "Step | None":
        """The step whose turn it is, or nothing."""
        plan = self.plan
        is_on = self.state == self.State.OPEN and self.active_step <= len(plan)
        return plan[self.active_step - 1] if is_on else None

    @property
    def active_role(self) -> str:
        """The role whose turn it is, or nothing."""
        return self.active.role if self.active else ""

    @property
    def is_overdue(self) -> bool:
        """Still open after its day."""
        return bool(self.state == self.State.OPEN and self.due_on and self.due_on < clock.today())


class Decision(Record):
    """One person's answer to one step. Rows are only added; one per person and one per seat."""

    class Answer(models.TextChoices):
        APPROVE = "approve", _("Approve")
        APPROVE_WITH_FINDINGS = "approve_with_findings", _("Approve with findings")
        REQUEST_CHANGES = "request_changes", _("Ask for changes")
        REJECT = "reject", _("Reject")
        HOLD = "hold", _("Hold: look again on a day")
        PIVOT = "pivot", _("Pivot: come back with a new direction")
        STOP = "stop", _("Stop: end it with its lessons")
        ABSTAIN = "abstain", _("Abstain: I have a stake in it")
        NO_OBJECTION = "no_objection", _("No objection")
        MINOR_ISSUE = "minor_issue", _("A minor issue")
        MAJOR_ISSUE = "major_issue", _("A major issue")

    COLORS = {
        "approve": "green", "approve_with_findings": "lime", "request_changes": "yellow", "reject": "red",
        "abstain": "grey", "no_objection": "green", "minor_issue": "yellow", "major_issue": "red",
        "hold": "yellow", "pivot": "purple", "stop": "orange",
    }  # fmt: skip
    YES = (Answer.APPROVE, Answer.APPROVE_WITH_FINDINGS)
    OF_GATES = (Answer.HOLD, Answer.PIVOT, Answer.STOP)  # what a gate may be answered with besides
    DATED = (Answer.HOLD, Answer.PIVOT)  # say until when
    ENDS = (Answer.REQUEST_CHANGES, Answer.REJECT, *OF_GATES)
    ADVICE = (Answer.NO_OBJECTION, Answer.MINOR_ISSUE, Answer.MAJOR_ISSUE)
    DISSENT = (Answer.MINOR_ISSUE, Answer.MAJOR_ISSUE, *ENDS)

    class Category(models.TextChoices):
        NONE = "", _("—")
        DATA = "data", _("Data quality or leakage")
        METHOD = "method", _("Method or validation")
        PERFORMANCE = "performance", _("Performance not sufficient")
        FAIRNESS = "fairness", _("Fairness or ethics")
        CARD = "card", _("Documentation")
        PROCESS = "process", _("Process or ownership")
        VALUE = "value", _("Value not shown")

    APPEND_ONLY = ("id",)

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    step = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=24)
    answer = models.CharField(_("decision"), max_length=24, choices=Answer)
    category = models.CharField(_("category"), max_length=12, choices=Category, blank=True)
    reason = models.TextField(_("reason"), max_length=4000, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)  # of a hold or a pivot
    lessons = models.TextField(_("lessons"), max_length=2000, blank=True)  # of a stop
    checklist = models.JSONField(default=dict)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # whose seat it is, under a delegation
    decided_at = models.DateTimeField(default=clock.now)
    subject_digest = models.CharField(max_length=64)
    certificate = models.CharField(max_length=200, blank=True)  # the credential held at that moment

    class Meta:
        ordering = ["step", "decided_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "decided_by"], name="one_decision_per_person"),
            models.UniqueConstraint(fields=["request", "on_behalf_of"], name="one_decision_per_seat"),
            models.CheckConstraint(
                condition=Q(answer__in=["approve", "approve_with_findings", "no_objection"])
                | (Q(answer="abstain") & ~Q(reason=""))
                | (~Q(reason="") & ~Q(category="")),
                name="a_no_says_why",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=models.F("decided_by")),
                name="a_seat_is_another_persons",
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=["hold", "pivot"]) | Q(until__isnull=False),
                name="a_hold_or_pivot_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(answer="stop") | ~Q(lessons=""), name="a_stop_keeps_its_lessons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} · {self.request}"


class JustificationAnswer(Record):
    """Whether the reviewer accepts one justification of one guardrail."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="answers")
    guardrail = models.ForeignKey(GuardrailResult, on_delete=models.PROTECT, related_name="+")
    is_accepted = models.BooleanField(_("accepted"))
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "guardrail"], name="one_answer_per_justification"),
            models.CheckConstraint(
                condition=Q(is_accepted=True) | ~Q(comment=""), name="a_refused_justification_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.guardrail_id)

    def facts(self) -> dict[str, Any]:
        """What the trail keeps of it."""
        return {"guardrail": str(self.guardrail_id), "accepted": self.is_accepted, "comment": self.comment}
