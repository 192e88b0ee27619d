"""Assessing make or buy."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import bids, buying, rules
from projects.models import MakeOrBuyAssessment, UseCase
from projects.selectors import offers
from projects.services.words import LONGEST

MOST_MONEY = 10**12


@transaction.atomic
def assess(
    use_case: UseCase,
    *,
    category: str,
    by: User,
    scores: Mapping[str, int] | None = None,
    facts: Collection[str] = (),
    answers: Mapping[str, str] | None = None,
    costs: Mapping[str, float] | None = None,
) -> MakeOrBuyAssessment:
    """
    Keep the answers and what follows from them: vetoes, balance, cost and a recommendation.

    Unfinished answers are kept too; the recommendation then waits. Raises `ValidationError` naming each wrong field.
    """
    require(rules.make_or_buy.may_assess(by, use_case))
    given, words, money = dict(scores or {}), dict(answers or {}), dict(costs or {})
    check(category, given, facts, words, money)
    before = MakeOrBuyAssessment.objects.filter(use_case=use_case).first()
    kept, _is_new = MakeOrBuyAssessment.objects.update_or_create(
        use_case=use_case,
        defaults={
            "category": category,
            "scores": given,
            "facts": sorted(set(facts)),
            "answers": {code: text.strip() for code, text in words.items() if text.strip()},
            "costs": money,
            "assessed_by": by,
            "assessed_at": clock.now(),
        },
    )
    follow_offers(use_case)
    kept.refresh_from_db()
    audit.record(
        "make_or_buy.assessed", use_case, by=by, before=before and facts_of(before), after=facts_of(kept)
    )
    return kept


def follow_offers(use_case: UseCase) -> None:
    """
    Compute vetoes, balance, costs and recommendation anew, with what the standing offers say.

    Called by the services of the assessment and of offers, in their transaction; nothing without an assessment.
    """
    kept = MakeOrBuyAssessment.objects.filter(use_case=use_case).first()
    if kept is None:
        return
    judged = offers.judged(use_case, kept)
    fired = buying.vetoes(
        bids.facts_with(kept.facts, judged), is_prohibited=use_case.risk_tier == UseCase.Tier.PROHIBITED
    )
    money = bids.costs_with(kept.costs, judged)
    kept.balance = buying.balance(kept.scores)
    kept.vetoes = [veto.code for veto in fired]
    kept.cost_make, kept.cost_buy = (buying.three_year_cost(money, option) for option in ("make", "buy"))
    kept.recommendation = buying.recommend(kept.balance, fired)
    kept.save(update_fields=["balance", "vetoes", "cost_make", "cost_buy", "recommendation"])


def facts_of(assessment: MakeOrBuyAssessment) -> dict[str, Any]:
    """What the trail keeps."""
    names = ("category", "scores", "facts", "answers", "costs", "balance", "vetoes", "recommendation")
    return {name: getattr(assessment, name) for name in names}


def check(
    category: str,
    scores: Mapping[str, Any],
    facts: Collection[str],
    answers: Mapping[str, str],
    costs: Mapping[str, Any],
) -> None:
    """Known codes only, levels from -2 to 2, costs that are possible."""
    problems: dict[str, Any] = {}
    if category not in MakeOrBuyAssessment.Category.values:
        problems["category"] = _("Choose a category.")
    problems |= {code: wrong for code, level in scores.items() if (wrong := wrong_level(code, level))}
    for code in facts:
        if code not in buying.FACTS:
            problems["facts"] = _("This statement is not known: %(code)s") % {"code": code}
    problems |= {code: wrong for code, text in answers.items() if (wrong := wrong_words(code, text))}
    problems |= {code: wrong for code, amount in costs.items() if (wrong := wrong_amount(code, amount))}
    if problems:
        raise ValidationError(problems)


def wrong_level(code: str, level: Any) -> str:
    """What is wrong with one level, or nothing."""
    if code not in buying.BY_CODE:
        return _("This criterion is not known.")
    if isinstance(level, bool) or level not in buying.LEVELS:
        return _("Choose a whole number from -2 (buy) to 2 (make).")
    return ""


def wrong_words(code: str, text: str) -> str:
    """What is wrong with one answer, or nothing."""
    if code not in buying.QUESTIONS:
        return _("This question is not known.")
    return _("At most %(longest)s characters, please.") % {"longest": LONGEST} if len(text) > LONGEST else ""


def wrong_amount(code: str, amount: Any) -> str:
    """What is wrong with one figure of the cost table, or nothing."""
    if code not in buying.COSTS:
        return _("This cost is not known.")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not math.isfinite(amount):
        return _("Give a number.")
    is_share = buying.COSTS[code][1]
    most = 100 if is_share else MOST_MONEY
    if not 0 <= amount <= most:
        return _("Give a number from 0 to %(most)s.") % {"most": most}
    return ""
