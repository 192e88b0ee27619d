"""What the explanations say."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

EXPLAIN: dict[str, str] = {
    "effect_not_available": N_(
        "No curve can be drawn for %(column)s: its values have no order and no names."
    ),
    "effect_one_value": N_("%(column)s has one value only in these rows: there is nothing to compare."),
    "effect_flat": N_("%(column)s alone hardly changes the answer; it may matter together with others."),
    "effect_category": N_(
        "The answer is highest for %(column)s = %(top)s (%(high)s on average) and lowest for %(bottom)s (%(low)s)."
    ),
    "effect_rises": N_(
        "The more %(column)s, the higher the answer: from %(low)s at %(bottom)s to %(high)s at %(top)s on average."
    ),
    "effect_falls": N_(
        "The more %(column)s, the lower the answer: from %(high)s at %(top)s to %(low)s at %(bottom)s on average."
    ),
    "effect_bends": N_(
        "The answer does not simply rise or fall with %(column)s: it is highest near %(top)s (%(high)s) and lowest near %(bottom)s (%(low)s)."
    ),
    "reason_probability": N_("The model gives “%(label)s” a probability of %(answer)s for this row."),
    "reason_answer": N_("The model estimates %(target)s at %(answer)s for this row."),
    "reason_up_strong": N_("%(column)s (%(value)s) raises it strongly."),
    "reason_up_clear": N_("%(column)s (%(value)s) raises it."),
    "reason_up_slight": N_("%(column)s (%(value)s) raises it a little."),
    "reason_down_strong": N_("%(column)s (%(value)s) lowers it strongly."),
    "reason_down_clear": N_("%(column)s (%(value)s) lowers it."),
    "reason_down_slight": N_("%(column)s (%(value)s) lowers it a little."),
    "whatif_same": N_("Nothing was changed, so the answer stays %(after)s."),
    "whatif_moves": N_("With these values the answer moves from %(before)s to %(after)s."),
    "whatif_flips": N_(
        "With these values the answer moves from %(before)s to %(after)s and the model now says “%(said)s”."
    ),
    "whatif_unknown": N_("The model does not use a column %(column)s."),
    "change_found": N_("The answer becomes “%(goal)s” when %(changes)s."),
    "change_found_number": N_("The estimate reaches %(goal)s when %(changes)s."),
    "change_none": N_("No change of up to %(most)s of the allowed columns leads to “%(goal)s”."),
    "change_already": N_("The model says so already."),
    "change_warning": N_(
        "This says what the model would answer, not what would happen: the model knows no causes."
    ),
    "row_unknown": N_("There is no row %(row)s among the %(rows)s rows kept apart."),
    "cohort_worse": N_(
        "Where %(where)s (%(rows)s rows, %(percent)s %% of all), the error is %(times)s times that of the other rows."
    ),
    "cohort_none": N_("No group of rows was found in which the model errs clearly more than elsewhere."),
    "learning_helps": N_(
        "More rows would probably help: doubling them last moved %(metric)s from %(before)s to %(after)s."
    ),
    "learning_flat": N_(
        "More rows like these would hardly help: doubling them last moved %(metric)s from %(before)s to %(after)s, no more than chance does. Look for better columns."
    ),
    "learning_unsure": N_(
        "Whether more rows would help cannot be told: doubling them last moved %(metric)s from %(before)s to %(after)s, but the rows kept apart are too few to be sure."
    ),
    "learning_short": N_("There was only time or data for %(steps)s sizes: too few to tell."),
    "learning_not_available": N_(
        "This model cannot be trained again in parts, so no learning curve is drawn."
    ),
    "explain_other_table": N_(
        "This model was trained on another table or with another question, so it may have learned from some of the rows that count as kept apart here. Its figures may flatter it."
    ),
    "compare_better": N_(
        "%(better)s is better than %(worse)s: %(metric)s %(first)s against %(second)s on the same %(rows)s rows, more than chance explains."
    ),
    "compare_same": N_(
        "%(metric)s is %(first)s for %(one)s and %(second)s for %(two)s on the same %(rows)s rows: the difference may be chance. Prefer the simpler one."
    ),
    "compare_seen": N_(
        "%(name)s was tested with another table or another question, so it may have learned from some of these rows. Compare both on new rows before you choose."
    ),
    "compare_other_answers": N_("They learned other answers; their figures cannot be compared."),
    "compare_agree": N_("They give the same answer in %(percent)s %% of the rows."),
    "compare_differ": N_("Their estimates differ by %(value)s on average."),
}
