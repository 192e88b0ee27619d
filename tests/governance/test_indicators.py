"""The figures of the portfolio, against the vectors of their definitions."""

import doctest
from datetime import date, timedelta
from pathlib import Path

import pytest

from governance import indicators
from governance.audit_words import WORDS
from governance.selectors import portfolio
from governance.services import approvals, benefits
from portal.core import clock
from portal.core.duties import Duty
from projects import durations
from projects.services import phases
from tests.governance import factories as f
from tests.people import person

VECTOR = [
    (60, True),
    (75, True),
    (90, False),
    (95, True),
    (120, True),
    (130, False),
    (150, True),
    (200, False),
]


def test_kaplan_meier_counts_what_is_still_on_its_way():
    curve = durations.kaplan_meier(VECTOR)

    assert [round(survival, 3) for _time, survival in curve] == [
        0.875,
        0.75,
        0.75,
        0.6,
        0.45,
        0.45,
        0.225,
        0.225,
    ]
    assert durations.quantile(curve, 0.5) == 120
    assert durations.quantile(durations.kaplan_meier([(10, False), (20, True), (30, False)]), 0.5) == 20
    assert durations.quantile(durations.kaplan_meier([(10, False), (20, False)]), 0.5) is None


def test_the_other_vectors():
    assert doctest.testmod(indicators).failed == 0 and doctest.testmod(durations).failed == 0
    assert tuple(round(each, 2) for each in indicators.wilson(3, 8)) == (0.14, 0.69)
    assert round(indicators.realisation_ratio([(100, 8, 62), (90, 6, 40)]), 3) == 0.913
    assert indicators.time_saving_value(1200, 6, 0.7, 0.5, 45) == 1890
    assert indicators.review_backlog_weeks(14, 5) == 2.8
    assert round(indicators.sustainable_models(0.35, 1200, 14), 9) == 30
    assert indicators.evidence_mix({"measured": 30, "declared": 70}) == 0.3
    assert (
        indicators.prorated(31, date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 22), date(2026, 3, 1))
        == 10
    )
    assert indicators.wilson(0, 0) is None and indicators.review_backlog_weeks(3, 0) is None


@pytest.mark.django_db
def test_the_board_counts_what_happened():
    w = f.world()
    f.in_phase(w.use_case, "backlog")
    start = clock.now()
    for days, action, gate in ((10, "initialise", "G1"), (20, "develop", "G2"), (50, "go_live", "G3")):
        with clock.at(start + timedelta(days=days)):
            phases.move(w.use_case, action, by=None, gate=gate)
    stopped = f.use_case()
    f.in_phase(stopped, "backlog")
    with clock.at(start + timedelta(days=1)):
        phases.move(stopped, "initialise", by=None, gate="G1")
    with clock.at(start + timedelta(days=8)):
        phases.stop(stopped, reason="No data.", lessons="Ask first.", by=stopped.product_owner)
    line = benefits.add_line(
        w.use_case,
        title="Kept",
        kind="revenue",
        yearly_amount=120_000,
        evidence="estimated",
        method="m",
        baseline="b",
        by=w.owner,
    )
    fay = person("Fay", duties=(Duty.FINANCE_CONTROLLER,))
    f.UseCase.objects.filter(pk=w.use_case.pk).update(operation_owner=w.author, monitoring_owner=w.author)
    with clock.at(start + timedelta(days=50 + 61)):
        benefits.verify(
            benefits.report(
                line,
                starts_on=clock.today() - timedelta(days=50),
                ends_on=clock.today(),
                amount=15_000,
                evidence="measured",
                note="n",
                by=w.owner,
            ),
            by=fay,
        )
        board = portfolio.board(person("Erin", duties=(Duty.EXECUTIVE,)))

    tiles = {tile.label: tile for tile in board.tiles}
    assert tiles["From prototype to production"].value == "1 of 1"
    assert tiles["Time to production"].value in {"50", "> 50"}
    assert tiles["Expected per year"].value == "120\u202f000 €"
    assert tiles["Realised, verified"].value == "15\u202f000 €"
    assert (
        "100 % of it measured" in tiles["Realised, verified"].hint
        and "75 % of plan" in tiles["Realised, verified"].hint
    )
    assert tiles["Stopped early"].value == "1" and "11 person-days" in tiles["Stopped early"].hint
    assert tiles["Reviews waiting"].value == "1"
    assert board.burden == [(w.author, 1, "monitoring, operation")]
    assert [(stage.label, stage.entered, stage.went_on) for stage in board.funnel] == [
        ("Backlog", 2, 2),
        ("Initialisation", 2, 1),
        ("Development", 1, 1),
        ("Production", 1, 0),
    ]
    assert [row["label"] for row in board.tiers] == ["Limited risk"]


@pytest.mark.django_db
def test_an_empty_portfolio_shows_no_figure_that_nobody_computed():
    board = portfolio.board(person("Erin", duties=(Duty.EXECUTIVE,)))

    assert board.funnel_chart is None and board.value_chart is None and board.value_rows == []
    assert {tile.label: tile.value for tile in board.tiles}["From prototype to production"] == "–"


def test_every_verb_any_service_writes_has_its_words():
    import ast

    from django.conf import settings

    known, found = set(WORDS), set()
    for app in ("portal/core", "projects", "training", "governance"):
        for path in (Path(settings.ROOT) / app / "services").glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                    found |= {
                        each.value
                        for each in ast.walk(node.args[0])
                        if isinstance(each, ast.Constant)
                        and isinstance(each.value, str)
                        and "." in each.value.strip(".")
                    }
                if isinstance(node, ast.Assign | ast.AnnAssign) and "VERBS" in ast.unparse(node):
                    found |= {
                        each.value
                        for each in ast.walk(node)
                        if isinstance(each, ast.Constant)
                        and isinstance(each.value, str)
                        and "." in each.value
                    }
    found |= {f"approval.{word}" for word in approvals.PAST.values()}

    assert len(found) > 60 and found - known == set()
