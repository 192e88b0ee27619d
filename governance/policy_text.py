"""What a policy may say: its shape, read from YAML and checked, each mistake with its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

MODES = ("prevent", "waive", "warn", "observe")
UNWAIVED = ("prevent", "warn", "observe")  # nobody writes a reason beside a version
ROLES = (
    "sponsor_or_owner",
    "sponsor_or_executive",
    "risk_officer",
    "executive",
    "model_reviewer",
    "data_owner",
)
GROUPS = ("risk_officer", "executive")  # who may stand in when a step has nobody
TIERS = ("minimal", "limited", "high")
GATES = ("G0", "G1", "G2", "G3", "G4", "G5")
JUDGED = ("model_review", "promotion")  # decisions about a version
OF_VERSIONS = ("compared",)  # what may be asked of one: governance.version_checks
DECIDED = GATES[1:]  # G0 is the answer of triage itself
ALWAYS = (*DECIDED, "model_review", "tier_change", "policy")
# Kinds that came later: a sealed document of before has no word about them, so these hold for it.
LATER: dict[str, tuple[str, int]] = {
    "waiver": ("risk_officer", 5),
    "block_waiver": ("model_reviewer", 5),
    "data_access": ("data_owner", 10),
    "retirement": ("sponsor_or_executive", 10),
}
KINDS = (*ALWAYS, "promotion", *LATER)
OVERRIDABLE = ("G3", "G4")  # gates whose way back the portal knows when the hours are over
CERTIFICATE = "model.approve"
LONGEST = 40_000  # characters of a document
Check = Callable[[Any, str], Iterator["Mistake"]]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong, and where: `steps.G3[1].quorum`."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class BadPolicy(Exception):
    """The document does not say what it must; `mistakes` names every place."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True)
class TierPolicy:
    """What one risk tier asks for."""

    version: str
    tier: str
    review_months: int
    production_review_days: int
    promotion: str
    days: dict[str, int]
    people: dict[str, int]
    timetable: dict[str, int]
    fallback: str
    override_hours: int
    guardrails: dict[str, float]
    preapproved: dict[str, Any]
    steps: dict[str, list[dict[str, Any]]]
    requirements: dict[str, dict[str, str]]
    waivers: dict[str, Any]
    override_gates: list[str]
    row: Any = field(default=None, compare=False)  # the PolicyVersion it was read from

    def of(self, kind: str) -> dict[str, Any]:
        """What a request of this kind copies: its steps before people are known, and everything it obeys."""
        return {
            "tier": self.tier,
            "steps": [dict(step) for step in self.steps.get(kind, [])],
            "requirements": dict(self.requirements.get(kind, {})),
            "review_months": self.review_months,
            "days": self.days[kind],
            "people": self.people.get(kind, self.people["default"]),
            "timetable": dict(self.timetable),
            "fallback": self.fallback,
            "override_hours": self.override_hours,
            "override_gates": list(self.override_gates),
            "waivers": dict(self.waivers),
            "preapproved": dict(self.preapproved),
        }


def number(low: float, high: float, kind: type = int) -> Check:
    """A number between two bounds; `True` is none."""

    def check(value: Any, path: str) -> Iterator[Mistake]:
        fits = isinstance(value, kind if kind is int else (int, float)) and not isinstance(value, bool)
        if not fits or not low <= value <= high:
            yield Mistake(path, _("A number from %(low)s to %(high)s.") % {"low": low, "high": high})

    return check


def one_of(words: tuple[str, ...]) -> Check:
    """One of a few words."""

    def check(value: Any, path: str) -> Iterator[Mistake]:
        if not isinstance(value, str) or value not in words:
            yield Mistake(path, _("One of: %(words)s.") % {"words": ", ".join(words)})

    return check


def words(longest: int) -> Check:
    """Text that is there and not too long."""

    def check(value: Any, path: str) -> Iterator[Mistake]:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
            yield Mistake(path, _("Text of at most %(longest)s characters.") % {"longest": longest})

    return check


def truth(value: Any, path: str) -> Iterator[Mistake]:
    """True or false."""
    if not isinstance(value, bool):
        yield Mistake(path, _("true or false."))


def fields(shape: Mapping[str, Check], *, optional: tuple[str, ...] = ()) -> Check:
    """Exactly these keys, each by its own check."""

    def check(value: Any, path: str) -> Iterator[Mistake]:
        if not isinstance(value, dict):
            yield Mistake(path or "–", _("A list of names and values is expected here."))
            return
        for name in [each for each in value if each not in shape]:
            yield Mistake(place(path, name), _("This name is not known here."))
        for name, inner in shape.items():
            if name in value:
                yield from inner(value[name], place(path, name))
            elif name not in optional:
                yield Mistake(place(path, name), _("This is missing."))

    return check


def named(inner: Check, *, longest: int = 60) -> Check:
    """Free names, each value by the same check."""

    def check(value: Any, path: str) -> Iterator[Mistake]:
        if not isinstance(value, dict) or len(value) > longest:
            yield Mistake(path, _("A list of names and values is expected here."))
            return
        for name, each in value.items():
            if not isinstance(name, str):
                yield Mistake(place(path, name), _("A name is a word."))
            yield from inner(each, place(path, name))

    return check


def several(inner: Check, *, most: int = 60) -> Check:
    """A list, each entry by the same check."""

    def check(value: Any, path: str) -> Iterator[Mistake]:
        if not isinstance(value, list) or len(value) > most:
            yield Mistake(path, _("A list is expected here."))
            return
        for number_, each in enumerate(value):
            yield from inner(each, f"{path}[{number_}]")

    return check


def place(path: str, name: Any) -> str:
    """A name below a place."""
    return f"{path}.{name}" if path else str(name)


STEP = fields(
    {
        "role": one_of(ROLES),
        "quorum": number(1, 50),
        "takes": one_of(("decision", "feedback")),
        "certificate": one_of((CERTIFICATE, "")),
    },
    optional=("quorum", "takes", "certificate"),
)


def steps(value: Any, path: str) -> Iterator[Mistake]:
    """Who decides, in order: known roles, each once, and the last one decides."""
    if not isinstance(value, list) or not 1 <= len(value) <= 6:
        yield Mistake(path, _("One to six steps."))
        return
    for number_, step in enumerate(value):
        at = f"{path}[{number_}]"
        yield from (one_of(ROLES)(step, at) if isinstance(step, str) else STEP(step, at))
    roles = [
        step if isinstance(step, str) else step.get("role") for step in value if isinstance(step, (str, dict))
    ]
    if len(set(map(str, roles))) != len(roles):
        yield Mistake(path, _("A role stands here twice; give it a quorum instead."))
    if isinstance(value[-1], dict) and value[-1].get("takes") == "feedback":
        yield Mistake(f"{path}[{len(value) - 1}].takes", _("The last step takes the decision."))


DAYS = number(1, 365)
SHAPE = fields(
    {
        "version": words(20),
        "tier": one_of(TIERS),
        "review_months": number(1, 60),
        "production_review_days": number(1, 730),
        "promotion": one_of(("direct", "request")),
        "days": fields(dict.fromkeys(KINDS, DAYS), optional=tuple(LATER)),
        "people": fields({"default": number(1, 20), **dict.fromkeys(KINDS, number(1, 20))}, optional=KINDS),
        "timetable": fields({"remind_every": DAYS, "escalate_after": DAYS, "expire_after": DAYS}),
        "fallback": one_of(GROUPS),
        "override_hours": number(1, 72),
        "guardrails": named(number(0, 1_000_000, float)),
        "preapproved": fields(
            {"allowed": truth, "max_drop": number(0, 1, float), "sample_every": number(1, 1000)}
        ),
        "steps": fields(dict.fromkeys(KINDS, steps), optional=("promotion", *LATER)),
        "requirements": fields(
            {
                **dict.fromkeys(GATES, named(one_of(MODES))),
                **dict.fromkeys(
                    JUDGED, fields(dict.fromkeys(OF_VERSIONS, one_of(UNWAIVED)), optional=OF_VERSIONS)
                ),
            },
            optional=JUDGED,
        ),
        "waivers": fields({"longest_days": DAYS, "never": several(words(60))}),
        "override_gates": several(one_of(OVERRIDABLE)),
    },
    optional=("waivers", "override_gates"),
)


def between(raw: dict[str, Any], known: Mapping[str, Any]) -> Iterator[Mistake]:
    """What two places say together."""
    if (raw["promotion"] == "request") != ("promotion" in raw["steps"]):
        yield Mistake(
            "steps.promotion", _("Steps for a promotion stand here when `promotion` is “request”, else not.")
        )
    named_ = [
        (f"requirements.{gate}.{code}", code)
        for gate, modes in raw["requirements"].items()
        if gate in GATES
        for code in modes
    ]
    named_ += [
        (f"waivers.never[{n}]", code) for n, code in enumerate(raw.get("waivers", {}).get("never", []))
    ]
    for path in [path for path, code in named_ if code not in known]:
        yield Mistake(path, _("No check of this name exists."))
    for kind, found in raw["steps"].items():
        seats = 1 + sum(whole(step)["quorum"] for step in found)
        needed = raw["people"].get(kind, raw["people"]["default"])
        if seats < needed:
            yield Mistake(
                f"people.{kind}",
                _("The steps ask %(seats)s people, the one who asks included; this asks for more.")
                % {"seats": seats},
            )
    if raw["preapproved"]["allowed"] and raw["tier"] != "minimal":
        yield Mistake("preapproved.allowed", _("Only the minimal tier has a pre-approved track."))


def whole(step: str | dict[str, Any]) -> dict[str, Any]:
    """A step with everything that it may leave out."""
    given = {"role": step} if isinstance(step, str) else step
    certificate = CERTIFICATE if given["role"] == "model_reviewer" else given.get("certificate", "")
    return {"quorum": 1, "takes": "decision", **given, "certificate": certificate}


def parse(text: str) -> Any:
    """YAML as plain values. Raises `BadPolicy` where it is no YAML."""
    if len(text) > LONGEST:
        raise BadPolicy([Mistake("–", _("At most %(longest)s characters.") % {"longest": LONGEST})])
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = _("line %(line)s") % {"line": mark.line + 1} if mark else "–"
        raise BadPolicy([Mistake(where, _("This is no valid YAML."))]) from None


def of_tier(raw: Any, known: Mapping[str, Any], row: Any = None) -> TierPolicy:
    """One tier, checked against the names of the checks that exist. Raises `BadPolicy` with every mistake."""
    mistakes = list(SHAPE(raw, "")) or list(between(raw, known))
    if mistakes:
        raise BadPolicy(mistakes)
    asked = {kind: [role] for kind, (role, _days) in LATER.items()} | raw["steps"]
    plans = {kind: [whole(step) for step in found] for kind, found in asked.items()}
    days = {kind: number_ for kind, (_role, number_) in LATER.items()} | raw["days"]
    later = {"waivers": {"longest_days": 90, "never": []}, "override_gates": []}
    return TierPolicy(**{**later, **raw, "steps": plans, "days": days, "row": row})


def shipped(text: str, known: Mapping[str, Any]) -> dict[str, TierPolicy]:
    """The file that the portal brings: all tiers under one version."""
    return {tier: of_tier(raw, known) for tier, raw in documents(text).items()}


def documents(text: str) -> dict[str, dict[str, Any]]:
    """One document per tier, as the file has them."""
    raw = parse(text)
    mistakes = list(fields({"version": words(20), "tiers": fields(dict.fromkeys(TIERS, anything))})(raw, ""))
    if mistakes:
        raise BadPolicy(mistakes)
    return {
        tier: {"version": raw["version"], "tier": tier, **content} for tier, content in raw["tiers"].items()
    }


def anything(value: Any, path: str) -> Iterator[Mistake]:
    """A document of its own, checked later."""
    if not isinstance(value, dict):
        yield Mistake(path, _("A list of names and values is expected here."))


def write(raw: Mapping[str, Any]) -> str:
    """A document as YAML, names in the order given."""
    return yaml.safe_dump(dict(raw), sort_keys=False, allow_unicode=True, width=140, default_flow_style=None)
