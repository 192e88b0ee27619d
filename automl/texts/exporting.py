"""What exports and comparisons of tables say."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

TAKING = {
    "export_needs_result": N_(
        "The record of the run is needed to reproduce it, and this trial is not in it. Choose a trial of a finished experiment."
    ),
    "export_no_code": N_(
        "This model cannot be written as plain code (%(part)s). Take the scoring package instead."
    ),
    "export_skops_loads": N_("The file loads with %(types)s named types and nothing else."),
    "export_package_equal": N_(
        "Run on its own without Agora: %(rows)s rows, the same answers and the same scores."
    ),
    "export_package_differs": N_(
        "Run on its own without Agora: %(rows)s rows, greatest difference %(difference)s. Use it with care."
    ),
    "export_package_fails": N_(
        "The package did not run on its own (%(error)s). Tell an IT engineer before you use it."
    ),
    "export_mlflow_written": N_(
        "Any MLflow loads the folder as a Python function; nothing in it is unpickled."
    ),
    "export_reproduces": N_("It trains the model again and compares the score with %(value)s (%(metric)s)."),
    "onnx_parity": N_(
        "Compared on %(rows)s rows: the greatest difference from the original is %(difference)s."
    ),
    "onnx_parity_made_up": N_(
        "Compared on %(rows)s made-up rows, because no table with rows that fit was given: the greatest difference from the original is %(difference)s. Compare real rows before you use it."
    ),
    "onnx_parity_rounding": N_(
        "Compared on %(rows)s rows: %(above)s differ by more than 1e-5 (at most %(difference)s), only because ONNX rounds numbers to 32 bits and a value lies right at a limit."
    ),
    "onnx_no_converter": N_("There is no ONNX converter for a part of this model (%(part)s)."),
    "onnx_classes": N_(
        "A part of this model never saw one of the answers, which ONNX cannot say (%(part)s)."
    ),
    "onnx_too_large": N_("This model has %(part)s tree nodes; as ONNX it would be too large to be of use."),
    "onnx_does_not_run": N_(
        "The model converts, but the ONNX runtime does not run it (%(part)s), so it is not handed out."
    ),
    "onnx_differs": N_(
        "The model converts, but the ONNX form answers differently, by up to %(part)s, so it is not handed out."
    ),
}
DRIFT = {
    "drift_same": N_("The values are spread as in training."),
    "drift_missing_rose": N_("Empty values rose from %(old)s %% to %(new)s %%."),
    "drift_missing_fell": N_("Empty values fell from %(old)s %% to %(new)s %%."),
    "drift_unseen": N_(
        "%(percent)s %% of the values were never seen in training, for example: %(examples)s."
    ),
    "drift_outside": N_(
        "%(percent)s %% of the values lie outside of what training saw (%(low)s to %(high)s)."
    ),
    "drift_up": N_("Values are higher: half of them lie above %(new)s, in training above %(old)s."),
    "drift_down": N_("Values are lower: half of them lie above %(new)s, in training above %(old)s."),
    "drift_spread": N_("The middle stayed at %(middle)s, but values are spread differently around it."),
    "drift_later": N_("The dates are later than those of training."),
    "drift_earlier": N_("The dates are earlier than those of training."),
    "drift_longer": N_("The texts are longer than those of training."),
    "drift_shorter": N_("The texts are shorter than those of training."),
    "drift_rose": N_("“%(name)s” rose from %(old)s %% to %(new)s %% of the rows."),
    "drift_fell": N_("“%(name)s” fell from %(old)s %% to %(new)s %% of the rows."),
    "drift_do_missing": N_("Ask who fills this column what changed: a form, a system or a habit."),
    "drift_do_unseen": N_(
        "Ask whether the new values are right. If they are here to stay, train again with rows that hold them."
    ),
    "drift_do_shift": N_(
        "Find out whether the world changed or only the way of collecting. If the world did, train again with newer rows."
    ),
    "drift_few_rows": N_("Only %(rows)s rows were compared: small changes cannot be told from chance."),
    "drift_no_rows": N_("There are no rows to compare."),
    "drift_nothing_shared": N_(
        "None of the %(total)s columns that the model learned from is in this table, so nothing could be compared. Choose a table with the same columns."
    ),
    "drift_other_scores": N_(
        "There are %(scores)s predictions but %(rows)s rows: they do not belong together. Score these very rows first."
    ),
    "drift_absent": N_("%(count)s columns of the training data are not in this table: %(columns)s."),
}
OUTCOMES = {
    "outcome_few": N_("Only %(rows)s rows have a known answer; that is too few to judge the model."),
    "outcome_as_before": N_(
        "On %(rows)s rows whose answer is known by now, %(metric)s is %(now)s (95 %% sure: %(low)s to %(high)s); at the test it was %(then)s. As good as before."
    ),
    "outcome_worse": N_(
        "On %(rows)s rows whose answer is known by now, %(metric)s is %(now)s (95 %% sure: %(low)s to %(high)s); at the test it was %(then)s. The model has become worse: train it again, or use people's judgement until then."
    ),
    "outcome_better": N_(
        "On %(rows)s rows whose answer is known by now, %(metric)s is %(now)s (95 %% sure: %(low)s to %(high)s); at the test it was %(then)s. Better than at the test: make sure that these rows are not easier ones."
    ),
}
EXPORT: dict[str, str] = TAKING | DRIFT | OUTCOMES
