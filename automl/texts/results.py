"""What the result says."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

SUMMARY = {
    "summary_score": N_(
        "On %(rows)s rows that the search never saw, %(metric)s is %(value)s (95 %% sure: between %(low)s and %(high)s)."
    ),
    "summary_score_roc_auc": N_(
        "Given one row of each answer, the model ranks them rightly in about %(percent)s of 100 cases (%(metric)s %(value)s, 95 %% sure: %(low)s to %(high)s, on %(rows)s rows it never saw)."
    ),
    "summary_score_rmse": N_(
        "The typical error is %(value)s in the unit of the target (95 %% sure: %(low)s to %(high)s, on %(rows)s rows it never saw)."
    ),
    "summary_drawn": N_(
        "The table is large: of %(rows)s rows to learn from, the best model learned from %(learned)s; it was judged on %(tested)s of the %(holdout)s rows kept apart, drawn at random."
    ),
    "summary_beats_baseline": N_("The same answer for everybody would reach a %(metric)s of %(baseline)s."),
    "summary_no_better": N_(
        "This is no better than the same answer for everybody (%(metric)s %(baseline)s). Do not use this model."
    ),
    "summary_gain": N_(
        "The fifth of the rows with the highest scores holds %(percent)s %% of all %(label)s, %(lift)s times as many as chance."
    ),
    "summary_threshold": N_(
        "Saying yes from a probability of %(threshold)s instead of one half saves %(percent)s %% of the cost of errors."
    ),
    "summary_drivers": N_("The model relies most on: %(columns)s."),
    "summary_simple_close": N_(
        "A simple model comes close (%(metric)s %(simple)s against %(best)s): prefer it where people must understand each decision."
    ),
    "summary_simple_price": N_("A simple model is clearly weaker (%(metric)s %(simple)s against %(best)s)."),
    "summary_simple_is_best": N_("The simple model is the best one found."),
    "summary_guardrails": N_("%(count)s guardrails need an answer before this model may be used."),
    "summary_no_guardrails": N_("No guardrail stands against this model."),
}
