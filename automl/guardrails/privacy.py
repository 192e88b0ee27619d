"""Guardrails about personal data: columns that name or reach a person."""

from __future__ import annotations

from automl.guardrails.registry import Alert, TableView, check
from automl.sensitive import personal_share, personal_suspicion


@check(
    "personal_data",
    "pre_train",
    "justify",
    "GDPR art. 5(1)c data minimisation; Logical Glue: over 70 % or 200 distinct texts",
    "personal-data",
    0.7,
    certainty="likely",
)
def personal_data(view: TableView) -> list[Alert]:
    """Features hold e-mail addresses, phone numbers, bank accounts, card numbers or names."""
    alerts: dict[str, list[str]] = {}
    for name in view.features:
        what = personal_suspicion(view.frame[name])
        if what:
            alerts.setdefault(what, []).append(name)
    return [Alert(len(names), tuple(names), {"what": what}) for what, names in alerts.items()]


@check(
    "personal_data_in_text",
    "pre_train",
    "warn",
    "GDPR art. 5(1)c data minimisation; own: one text in a hundred",
    "personal-data",
    0.01,
    certainty="likely",
)
def personal_data_in_text(view: TableView) -> list[Alert]:
    """Free text in which some rows name an e-mail address, a bank account or a telephone."""
    alerts = []
    for name in view.features:
        column = view.frame[name]
        if view.kinds[name].name not in ("text", "category") or personal_suspicion(column):
            continue
        found = personal_share(column)
        if found and found[1] >= 0.01:
            params = {"what": found[0], "percent": round(100 * found[1], 1)}
            alerts.append(Alert(found[1], (name,), params))
    return alerts
