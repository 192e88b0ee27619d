"""Make or buy (mission M15): categories, questions, criteria, vetoes and cost, as pure functions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

LEVELS = (-2, -1, 0, 1, 2)
LEVEL_WORDS: dict[int, Any] = {
    -2: _("Strongly buy"), -1: _("Rather buy"), 0: _("Neutral"), 1: _("Rather make"), 2: _("Strongly make"),
}  # fmt: skip
MAKE_FROM, BUY_FROM = 25, -25
YEARS = 3


@dataclass(frozen=True)
class Criterion:
    """One criterion, what speaks for buying and what for making."""

    code: str
    weight: int
    label: Any
    buy: Any
    make: Any


CRITERIA: tuple[Criterion, ...] = (
    Criterion("differentiation", 20, _("Differentiation"), _("Everybody has it"), _("It sets us apart")),
    Criterion(
        "data", 15, _("Sensitivity and place of the data"), _("May leave the house"), _("Must stay here")
    ),
    Criterion("market", 15, _("Fit of products on the market"), _("A product fits"), _("Nothing fits")),
    Criterion("time", 10, _("Time to value"), _("Needed at once"), _("There is time")),
    Criterion("skills", 15, _("Certified skills"), _("We have none"), _("We have them")),
    Criterion("cost", 15, _("Cost over three years"), _("Buying is cheaper"), _("Making is cheaper")),
    Criterion("exit", 10, _("Exit and dependence"), _("Easy to leave"), _("We would be locked in")),
)
BY_CODE = {each.code: each for each in CRITERIA}
QUESTIONS: dict[str, Any] = {
    "dependence": _("How much would we depend on one vendor?"),
    "exit": _("How would we get out again, with what in our hands?"),
    "skills": _("Which skills do we need to build it and to keep it running?"),
    "transfer": _("How does the knowledge pass on when people leave?"),
    "independence": _("How important is it to decide on it ourselves?"),
    "technology": _("Does it fit our priorities in technology?"),
    "specificity": _("What about it is special to us?"),
    "constraints": _("Which limits of time and budget stand?"),
}
FACTS: dict[str, Any] = {
    "data_stay": _("The data may not leave the house"),
    "no_on_site": _("No supplier runs it on our own machines"),
    "no_builder": _("Nobody certified can build it within six months"),
    "no_training": _("There is no budget to train anybody"),
    "three_suppliers": _("Three suppliers or more offer it"),
    "no_difference": _("It makes no difference to our customers who made it"),
    "rule_enough": _("A rule or a changed process brings four fifths of the benefit"),
    "not_deployable": _("A bought platform's model could not be deployed and exposed simply"),
}
FIRST_OPINION: dict[str, tuple[str, Any]] = {
    "common": ("buy", _("Others have solved this often: buy, and spend your own time elsewhere.")),
    "feature": ("make", _("The feature is part of your product: make it, when a bought model cannot be deployed and exposed simply.")),
    "product": ("undecided", _("Either may be right: verify first that it is feasible, then let a full squad design the product.")),
}  # fmt: skip


@dataclass(frozen=True)
class Veto:
    """Something that decides before any number. A soft one allows the choice as an exception with its reason."""

    code: str
    against: tuple[str, ...]
    label: Any
    is_soft: bool = False


VETOES: tuple[tuple[frozenset[str], Veto], ...] = (
    (frozenset({"data_stay", "no_on_site"}), Veto("data_cannot_leave", ("buy",), _("The data may not leave and no supplier runs on site: it cannot be bought."))),
    (frozenset({"no_builder", "no_training"}), Veto("nobody_to_make", ("make",), _("Nobody can build it within six months and nobody can be trained: it cannot be made."))),
    (frozenset({"three_suppliers", "no_difference"}), Veto("commodity", ("make",), _("Three suppliers offer it and it makes no difference: making it needs an exception."), is_soft=True)),
    (frozenset({"rule_enough"}), Veto("rule_first", ("make", "buy", "partner"), _("A rule or a changed process brings most of the benefit: try that first, without AI."), is_soft=True)),
)  # fmt: skip
PROHIBITED = Veto("prohibited", ("make", "buy", "partner"), _("The use is prohibited: neither make nor buy."))


def vetoes(facts: Collection[str], *, is_prohibited: bool = False) -> list[Veto]:
    """What the facts rule out, before the number."""
    fired = [veto for needed, veto in VETOES if needed <= set(facts)]
    return [PROHIBITED, *fired] if is_prohibited else fired


def balance(scores: Mapping[str, int]) -> float | None:
    """M = 100 · Σ w·s / (2 · Σ w) over all seven criteria, from -100 (buy) to 100 (make); nothing while one is open."""
    if any(each.code not in scores for each in CRITERIA):
        return None
    total = sum(each.weight for each in CRITERIA)
    return 100 * sum(each.weight * scores[each.code] for each in CRITERIA) / (2 * total)


def by_number(found: float | None) -> str:
    """What the number alone says: make, buy, or partner in between."""
    if found is None:
        return ""
    return "make" if found >= MAKE_FROM else "buy" if found <= BUY_FROM else "partner"


def recommend(found: float | None, fired: Collection[Veto]) -> str:
    """The number's word, unless a veto rules it out; then the next best that is left, "no_ai" where a rule is enough."""
    codes = {veto.code for veto in fired}
    if codes & {"prohibited", "rule_first"}:
        return "no_ai"
    wanted = by_number(found)
    if not wanted:
        return ""
    against = {choice for veto in fired for choice in veto.against}
    after = {"make": ("make", "partner", "buy"), "buy": ("buy", "partner", "make"), "partner": ("partner", "make", "buy")}  # fmt: skip
    return next((choice for choice in after[wanted] if choice not in against), "no_ai")


# code -> (label, is a percentage, default)
COSTS: dict[str, tuple[Any, bool, float]] = {
    "make_build": (_("Make: build (€)"), False, 0),
    "make_start": (_("Make: data preparation and other one-off costs (€)"), False, 0),
    "make_run": (_("Make: running it, a year (€)"), False, 0),
    "make_governance": (_("Make: governance, a year (€)"), False, 0),
    "make_maintenance": (_("Make: maintenance a year (% of build)"), True, 22),
    "buy_integration": (_("Buy: integration (€)"), False, 0),
    "buy_start": (_("Buy: data preparation and other one-off costs (€)"), False, 0),
    "buy_licence": (_("Buy: licence in the first year (€)"), False, 0),
    "buy_rise": (_("Buy: rise of the licence a year (%)"), True, 0),
    "buy_governance": (_("Buy: governance, a year (€)"), False, 0),
    "buy_exit": (_("Buy: exit in the third year (€)"), False, 0),
    "rate": (_("Discount rate a year (%)"), True, 8),
}


def flows(costs: Mapping[str, float]) -> dict[str, list[float]]:
    """What making and buying cost at the start and in each of three years."""
    c = {code: costs.get(code, default) for code, (_label, _is_share, default) in COSTS.items()}
    make = [c["make_build"] + c["make_start"]]
    make += [c["make_build"] * c["make_maintenance"] / 100 + c["make_run"] + c["make_governance"]] * YEARS
    buy = [c["buy_integration"] + c["buy_start"]]
    for year in range(YEARS):
        licence = c["buy_licence"] * (1 + c["buy_rise"] / 100) ** year
        buy.append(licence + c["buy_governance"] + (c["buy_exit"] if year == YEARS - 1 else 0))
    return {"make": make, "buy": buy}


def present_cost(yearly: Collection[float], rate: float) -> float:
    """Σ cost_t / (1 + r)^t, t from 0; `rate` in per cent."""
    return sum(amount / (1 + rate / 100) ** year for year, amount in enumerate(yearly))


def has_costs(costs: Mapping[str, float], option: str) -> bool:
    """Whether anything was entered for "make" or "buy" besides the defaults."""
    return any(
        costs.get(code, 0) > 0
        for code, (_label, share, _d) in COSTS.items()
        if code.startswith(option) and not share
    )


def three_year_cost(costs: Mapping[str, float], option: str) -> float | None:
    """The discounted cost of one option, or nothing while it was not entered."""
    if not has_costs(costs, option):
        return None
    return present_cost(flows(costs)[option], costs.get("rate", COSTS["rate"][2]))
