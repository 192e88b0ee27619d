"""Computed paragraphs of documents: what the registry knows, as blocks of text, pairs, lists and tables."""

from typing import Any

from django.utils.translation import gettext as _

from governance import cards
from governance.models import ApprovalRequest, DriftReport, Finding, ModelVersion, VersionComparison
from governance.selectors.approvals import justifications
from projects.models import GuardrailResult
from projects.question import in_words
from projects.selectors.result_words import lasting
from projects.sentences import sentences

Block = dict[str, Any]


def pairs(*rows: tuple[Any, Any]) -> Block:
    """Names and values."""
    return {
        "shape": "pairs",
        "rows": [[str(name), str(value)] for name, value in rows if value not in (None, "")],
    }


def table(head: list[Any], rows: list[list[Any]], *, values: bool = False) -> Block:
    """A table; `values` marks what shows values of the training data."""
    made = {"shape": "table", "head": [str(h) for h in head], "rows": [[str(c) for c in row] for row in rows]}
    return made | ({"values": True} if values else {})


def points(texts: list[Any]) -> Block:
    """A list."""
    return {"shape": "points", "rows": [str(each) for each in texts]}


def figure(value: Any) -> str:
    """Three decimals."""
    return "–" if value is None else f"{float(value):.3f}"


def nothing(text: Any) -> list[Block]:
    """A sentence that says there is nothing to show: that is an answer too."""
    return [{"shape": "text", "text": str(text)}]


def overview(version: ModelVersion) -> list[Block]:
    """Which model, for what, by whom, from what."""
    card, use_case = version.computed_card, version.model.use_case
    trial = card.get("trial", {})
    return [
        pairs(
            (_("Model"), version.model.name),
            (_("Version"), version.number),
            (_("Use case"), use_case),
            (_("Risk tier"), use_case.get_risk_tier_display()),
            (_("Kind of question"), f"{card.get('task', '')} · {card.get('target', '')}"),
            (_("Algorithm"), f"{trial.get('name', '')} ({trial.get('family', '')})"),
            (_("Author"), version.registered_by),
            (_("Product owner"), use_case.product_owner or ""),
            (_("Registered"), f"{version.created_at:%Y-%m-%d}"),
            (_("Review"), version.get_status_display()),
        )
    ]


def artifact(version: ModelVersion) -> list[Block]:
    """Hashes and the environment it was trained in."""
    packages = version.environment.get("packages", {})
    return [
        pairs(
            (_("Artifact (SHA-256)"), version.bundle_digest),
            (_("Model (SHA-256)"), version.model_sha256),
            (_("Data (SHA-256)"), version.table_digest),
            (_("Submitted state (SHA-256)"), version.manifest_digest),
            (_("Python"), version.environment.get("python", "")),
            (_("Libraries"), ", ".join(f"{name} {number}" for name, number in sorted(packages.items()))),
            (_("Size in bytes"), version.computed_card.get("size_bytes")),
            (_("Milliseconds for 1,000 rows"), version.computed_card.get("speed_ms_per_1000")),
        )
    ]


def training(version: ModelVersion) -> list[Block]:
    """Data, split and settings."""
    card = version.computed_card
    data, split = card.get("data", {}), card.get("split", {})
    schema = [[each["name"], each.get("kind", "")] for each in card.get("input_schema", [])]
    blocks = [
        pairs(
            (_("Data"), data.get("name")),
            (_("Rows"), data.get("rows")),
            (_("Columns"), data.get("columns")),
            (_("Classification"), data.get("classification")),
            (_("One row is"), card.get("row_meaning")),
            (_("The prediction is made"), card.get("predicted_when")),
            (_("Validation"), split.get("kind")),
            (_("Folds"), split.get("folds")),
            (_("Rows to learn from"), split.get("train_rows")),
            (_("Rows kept apart"), split.get("test_rows")),
            (_("Seed"), card.get("seed")),
        )
    ]
    if schema:
        blocks.append(table([_("Column"), _("Kind")], schema))
    return blocks


def metrics(version: ModelVersion) -> list[Block]:
    """Figures on rows it never saw, beside the baseline."""
    card = version.computed_card
    base = card.get("baseline", {}).get("metrics", {})
    rows = []
    for name, found in card.get("metrics", {}).items():
        span = isinstance(found, dict) and found.get("low") is not None
        rows.append(
            [in_words(name)[0], figure(cards.value_of(card["metrics"], name)), f"{figure(found['low'])} – {figure(found['high'])}" if span else "–",
             figure(cards.value_of(base, name))]
        )  # fmt: skip
    if not rows:
        return []
    head = [_("Measure"), _("This version"), _("95 % interval"), _("Baseline")]
    said = lasting(card.get("summary", []))
    return [table(head, rows), *([points(said)] if said else [])]


def importance(version: ModelVersion) -> list[Block]:
    """Which columns the predictions rest on."""
    rows = [
        [each["column"], figure(each.get("mean"))] for each in version.computed_card.get("importance", [])
    ]
    return [table([_("Column"), _("Importance")], rows)] if rows else []


def fairness(version: ModelVersion) -> list[Block]:
    """Groups of people with their sizes."""
    blocks = []
    for report in version.computed_card.get("fairness", []):
        if not report.get("groups"):
            continue
        names = [
            n
            for n in ("selection_rate", "tpr", "accuracy", "mean_absolute_error")
            if n in report["groups"][0]
        ]
        rows = [[g["group"], g["rows"], *(figure(g.get(n)) for n in names)] for g in report["groups"]]
        blocks.append(table([report.get("column", ""), _("Rows"), *names], rows, values=True))
    return blocks or nothing(_("No sensitive column was named, so groups were not compared."))


def guardrails(version: ModelVersion) -> list[Block]:
    """Every check with how it ended and why it was accepted."""
    found = GuardrailResult.objects.filter(experiment=version.trial.experiment_id, is_current=True)
    rows = [
        [
            each.text,
            each.get_severity_display() if each.is_alerted else _("passed"),
            each.justification or "–",
        ]
        for each in found.order_by("-is_alerted", "stage", "code", "pk")
    ]
    blocks = [table([_("Check"), _("Result"), _("Justification")], rows)] if rows else []
    if version.block_waiver:
        blocks.append(pairs((_("Block lifted by"), f"{version.block_waived_by}: {version.block_waiver}")))
    return blocks


def review_of(version: ModelVersion) -> ApprovalRequest | None:
    """The newest review."""
    return (
        version.requests.for_list()
        .filter(kind=ApprovalRequest.Kind.MODEL_REVIEW)
        .order_by("-created_at")
        .first()
    )


def independence(version: ModelVersion) -> list[Block]:
    """Who asked, who decided under which certificate and rules."""
    request = review_of(version)
    if request is None:
        return []
    head = [_("Decision"), _("By"), _("On"), _("Certificate")]
    rows = [
        [each.get_answer_display(), each.decided_by, f"{each.decided_at:%Y-%m-%d}", each.certificate or "–"]
        for each in request.decisions.all()
    ]
    facts = pairs(
        (_("Asked by"), request.requested_by),
        (_("Asked on"), f"{request.created_at:%Y-%m-%d}"),
        (_("State"), request.get_state_display()),
        (_("Rules in force"), request.policy_version),
        (_("Decided on (SHA-256)"), request.subject_digest),
    )
    return [facts, *([table(head, rows)] if rows else [])]


def answered(version: ModelVersion) -> list[Block]:
    """Each justification with the reviewer's answer."""
    request = review_of(version)
    rows = justifications(request) if request else []
    if not rows:
        return nothing(_("No guardrail asked for a justification."))
    said = {True: _("accepted"), False: _("refused"), None: _("not answered yet")}
    return [
        table(
            [_("Guardrail"), _("Justification"), _("Answer"), _("Comment")],
            [
                [r.guardrail.text, r.guardrail.justification, said[r.answer.is_accepted if r.answer else None], r.answer.comment if r.answer else ""]
                for r in rows
            ],
        )
    ]  # fmt: skip


def findings(version: ModelVersion) -> list[Block]:
    """What must be put right, by whom and until when."""
    rows = [
        [
            each.title,
            each.get_severity_display(),
            each.get_state_display(),
            each.owner,
            f"{each.due_on:%Y-%m-%d}",
        ]
        for each in Finding.objects.filter(version=version)
        .select_related("owner")
        .order_by("created_at", "pk")
    ]
    if not rows:
        return nothing(_("There is no finding about this version."))
    return [table([_("Finding"), _("Severity"), _("State"), _("Owner"), _("Due")], rows)]


def leaderboard(version: ModelVersion) -> list[Block]:
    """Every candidate of the experiment."""
    main = version.computed_card.get("metric", {}).get("name", "")
    rows = [
        [each.name, figure(each.cv_score), figure(cards.value_of(each.test_metrics, main))]
        for each in version.trial.experiment.trials.order_by("-is_baseline", "number")
    ]
    return [table([_("Candidate"), _("Cross-validation"), _("Test")], rows)] if rows else []


def compared(version: ModelVersion) -> list[Block]:
    """What paired tests on the same rows said."""
    texts = []
    done = VersionComparison.objects.filter(model=version.model_id, finished_at__isnull=False).order_by(
        "created_at", "pk"
    )
    for each in done:
        if str(version.pk) in each.others or version.pk == each.base_id:
            for answer in each.figures.values():
                texts += sentences(answer.get("sentences", []))
    return [points(texts)] if texts else nothing(_("It was not compared with another version."))


def service(version: ModelVersion) -> list[Block]:
    """When it served, in which role, on which approval."""
    rows = [
        [each.get_role_display(), each.get_environment_display(), f"{each.started_at:%Y-%m-%d}", f"{each.ended_at:%Y-%m-%d}" if each.ended_at else "–"]
        for each in version.deployments.order_by("started_at", "pk")
    ]  # fmt: skip
    if not rows:
        return nothing(_("It has not been in service."))
    return [table([_("Role"), _("Environment"), _("From"), _("Until")], rows)]


def oversight(version: ModelVersion) -> list[Block]:
    """Who watches, operates and improves it."""
    case = version.model.use_case
    return [
        pairs(
            (_("Process"), case.process),
            (_("Owner of the process"), case.process_owner),
            (_("Watches it"), case.monitoring_owner),
            (_("Operates it"), case.operation_owner),
            (_("Improves it"), case.improvement_owner),
        )
    ]


def drift(version: ModelVersion) -> list[Block]:
    """What monitoring has measured."""
    found = DriftReport.objects.filter(deployment__version=version, finished_at__isnull=False)
    rows = [
        [f"{each.finished_at:%Y-%m-%d}", each.dataset_version, each.rows, each.sentence]
        for each in found.select_related("dataset_version__dataset").order_by("finished_at", "pk")
    ]
    if not rows:
        return nothing(_("Nothing has been measured in service yet."))
    return [table([_("Day"), _("Table"), _("Rows"), _("Result")], rows)]


def risk(version: ModelVersion) -> list[Block]:
    """The tier and what it rests on."""
    case = version.model.use_case
    return [pairs((_("Risk tier"), case.get_risk_tier_display()), (_("Basis"), case.risk_basis))]


def changes(version: ModelVersion) -> list[Block]:
    """Every version of the model up to this one."""
    rows = [
        [f"v{each.number}", f"{each.created_at:%Y-%m-%d}", each.registered_by, each.get_status_display()]
        for each in version.model.versions.select_related("registered_by").order_by("number")
        if each.number <= version.number
    ]
    return [table([_("Version"), _("Registered"), _("Author"), _("Review")], rows)]
