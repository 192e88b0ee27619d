"""What each document holds: its sections, computed paragraphs, and those a person writes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.models import DocumentKind, ModelVersion
from governance.selectors import document_facts as facts


@dataclass(frozen=True)
class Computed:
    """A paragraph made from the registry."""

    code: str
    title: Any
    make: Callable[[ModelVersion], list[facts.Block]]


@dataclass(frozen=True)
class Authored:
    """A paragraph that a person writes; with `card` it is a field of the card, frozen at submission."""

    code: str
    title: Any
    hint: Any
    card: str = ""


@dataclass(frozen=True)
class Section:
    """A numbered part of a document."""

    code: str
    title: Any
    parts: tuple[Computed | Authored, ...]


def of_card(field: str, title: Any) -> Authored:
    """A field of the model card."""
    return Authored(field, title, _("Written when the version is submitted."), card=field)


PURPOSE = of_card("purpose", _("Purpose"))
USE = of_card("intended_use", _("Intended use"))
LIMITS = of_card("limits", _("Limits and refused uses"))
ETHICS = of_card("ethics", _("Ethical considerations"))
FALLBACK = of_card("fallback", _("What people do without it"))
OVERVIEW = Computed("overview", _("At a glance"), facts.overview)
ARTIFACT = Computed("artifact", _("Artifact and environment"), facts.artifact)
TRAINING = Computed("training", _("Data and training"), facts.training)
METRICS = Computed("metrics", _("Figures on data it has never seen"), facts.metrics)
GUARDRAILS = Computed("guardrails", _("Guardrails"), facts.guardrails)
FAIRNESS = Computed("fairness", _("Groups of people"), facts.fairness)
IMPORTANCE = Computed("importance", _("What the predictions rest on"), facts.importance)
FINDINGS = Computed("findings", _("Findings"), facts.findings)
OVERSIGHT = Computed("oversight", _("People who answer for it"), facts.oversight)
RISK = Computed("risk", _("Risk class"), facts.risk)

MODEL_CARD = (
    Section("overview", _("Overview"), (OVERVIEW, ARTIFACT)),
    Section("uses", _("Intended uses"), (PURPOSE, USE, LIMITS, RISK)),
    Section("training", _("Training"), (TRAINING,)),
    Section("evaluation", _("Evaluation"), (METRICS, FAIRNESS, IMPORTANCE, GUARDRAILS)),
    Section(
        "considerations",
        _("Considerations"),
        (
            ETHICS,
            FALLBACK,
            Authored(
                "caveats", _("Caveats and advice"), _("What should a person know before relying on it?")
            ),
        ),
    ),
)
VALIDATION_REPORT = (
    Section(
        "scope",
        _("Scope and independence"),
        (
            OVERVIEW,
            Computed("independence", _("Who decided, under which rules"), facts.independence),
            Authored("scope", _("What was examined, and how"), _("Data, method, code, runs repeated, people asked.")),
        ),
    ),
    Section("data", _("Data and guardrails"), (TRAINING, GUARDRAILS, Computed("answers", _("Justifications and answers"), facts.answered))),
    Section(
        "performance",
        _("Performance"),
        (METRICS, Computed("leaderboard", _("Leaderboard of the experiment"), facts.leaderboard), Computed("compared", _("Beside other versions"), facts.compared)),
    ),
    Section("explanation", _("Explanation and fairness"), (IMPORTANCE, FAIRNESS)),
    Section("findings", _("Findings"), (FINDINGS,)),
    Section(
        "conclusion",
        _("Conclusion"),
        (
            Authored("conclusion", _("Conclusion of the reviewer"), _("May it be used, for what, under which conditions?")),
            Authored("limitations", _("What could not be examined"), _("Say it openly: the next reviewer starts here.")),
        ),
    ),
)  # fmt: skip
TECHNICAL_FILE = (
    Section(
        "general",
        _("1. General description of the system"),
        (
            OVERVIEW,
            PURPOSE,
            USE,
            Authored("interaction", _("Interaction with other systems"), _("Which hardware, software and products it works with.")),
        ),
    ),
    Section(
        "development",
        _("2. Elements of the system and its development"),
        (
            TRAINING,
            ARTIFACT,
            IMPORTANCE,
            Authored("design", _("Design choices and assumptions"), _("Why this method, for whom it was optimised, what was traded off.")),
            Authored("oversight", _("Human oversight"), _("Who can overrule or stop it, and how they recognise that they must.")),
        ),
    ),
    Section("control", _("3. Monitoring, functioning and control"), (OVERSIGHT, Computed("service", _("In service"), facts.service), LIMITS, FALLBACK)),
    Section(
        "performance",
        _("4. Appropriateness of the performance metrics"),
        (METRICS, FAIRNESS, Authored("metric_choice", _("Why these measures"), _("What an error costs, and whom."))),
    ),
    Section(
        "risk",
        _("5. Risk management"),
        (RISK, GUARDRAILS, FINDINGS, ETHICS, Authored("risk_measures", _("Risks and measures"), _("Known risks to health, safety and rights, and what is done about each."))),
    ),
    Section("lifecycle", _("6. Changes through the life cycle"), (Computed("changes", _("Versions"), facts.changes), Computed("decisions", _("Decisions"), facts.independence))),
    Section("standards", _("7. Standards applied"), (Authored("standards", _("Standards"), _("Harmonised standards or other specifications, with edition; or how the requirements are met without.")),)),
    Section("declaration", _("8. EU declaration of conformity"), (Authored("declaration", _("Declaration"), _("Reference of the signed declaration, or why none is needed.")),)),
    Section(
        "post_market",
        _("9. Post-market monitoring"),
        (Computed("drift", _("Measured in service"), facts.drift), Authored("plan", _("Plan"), _("What is watched, how often, by whom, and what happens on an alert."))),
    ),
)  # fmt: skip
PLANS = {
    DocumentKind.MODEL_CARD: MODEL_CARD,
    DocumentKind.VALIDATION_REPORT: VALIDATION_REPORT,
    DocumentKind.TECHNICAL_FILE: TECHNICAL_FILE,
}


def authored(kind: str) -> list[Authored]:
    """The paragraphs people write here: those of the card are written at submission."""
    parts = [part for section in PLANS[DocumentKind(kind)] for part in section.parts]
    return [part for part in parts if isinstance(part, Authored) and not part.card]
