"""What asking and scoring say."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

QUESTION = {
    "bad_question": N_("The setting %(field)s is not valid. Allowed: %(allowed)s."),
    "target_not_binary": N_(
        "%(column)s has %(count)s different answers, but yes/no was asked. Choose another task or target."
    ),
    "positive_label_unknown": N_(
        "The answer of interest %(label)s does not occur. It is one of: %(classes)s."
    ),
    "role_column_missing": N_("The column %(column)s was given a role but is not in the table."),
    "validation_column": N_(
        "Validation of kind %(kind)s needs a usable column; %(column)s is not one. Give a column the role time or group."
    ),
    "too_few_rows_to_split": N_("%(rows)s rows are too few for %(folds)s folds. Collect more rows."),
    "too_few_groups": N_("There are %(groups)s groups, fewer than the %(folds)s folds. Use fewer folds."),
    "no_features": N_("No column is left to predict with. Give at least one column the role feature."),
    "fit_out_of_memory": N_(
        "Training needed more memory than is allowed. Use fewer rows or columns, or ask for more memory."
    ),
    "fit_no_time": N_("The time was over before one model was ready. Give it more time."),
    "fit_files": N_("A file could not be read or written (%(error)s)."),
    "trial_out_of_time": N_("Stopped because the time was over."),
    "trial_dropped": N_(
        "Given up after one fold: it was too far behind the best model for the time it would have taken."
    ),
    "trial_failed": N_("This model could not be trained on this table (%(error)s)."),
    "metric_asked": N_("%(metric)s was chosen by the person who asked."),
    "metric_roc_auc": N_(
        '%(metric)s says how often a "yes" row is ranked above a "no" row. It suits a ranking and rare answers.'
    ),
    "metric_log_loss": N_(
        "%(metric)s rewards honest probabilities for every class, not only the first guess."
    ),
    "metric_rmse": N_("%(metric)s is the typical error in the unit of the target; large errors count more."),
    "frame_task_binary": N_("%(column)s has two answers, so this is a yes/no question."),
    "frame_task_multiclass": N_(
        "%(column)s has %(count)s different answers, so one of them is chosen for each row."
    ),
    "frame_task_regression": N_(
        "%(column)s is a number with %(count)s different values, so a number is estimated."
    ),
    "frame_metric_roc_auc": N_(
        '%(metric)s: %(percent)s %% of the rows are "%(label)s", common enough to judge how well rows are ranked. A missed one costs %(ratio)s times a false alarm; the model says yes from the probability that costs least.'
    ),
    "frame_metric_average_precision": N_(
        '%(metric)s: only %(percent)s %% of the rows are "%(label)s". It looks at the top of the list, where rare answers are found; other scores look good even when none is found. A missed one costs %(ratio)s times a false alarm; the model says yes from the probability that costs least.'
    ),
    "frame_metric_costs": N_(
        "%(metric)s: a false alarm costs %(times)s times a missed one, so what matters is that those at the top of the list are right. The model says yes from the probability that costs least."
    ),
    "frame_metric_log_loss": N_(
        "%(metric)s: it rewards honest probabilities for all %(count)s answers, also for the rarest (%(percent)s %% of the rows)."
    ),
    "frame_metric_rmse": N_(
        "%(metric)s: the typical error in the unit of the target. Few values are far out (%(percent)s %%), so large errors may count more."
    ),
    "frame_metric_mae": N_(
        "%(metric)s: %(percent)s %% of the values are far out; a score that squares errors would be about them alone."
    ),
    "frame_validation_time": N_(
        "%(column)s puts the rows in order: learn from the past and test on the latest %(percent)s %%, as in real use."
    ),
    "frame_validation_grouped": N_(
        "Rows of the same %(column)s belong together: they stay on one side, or the test would be too easy."
    ),
    "frame_validation_stratified": N_(
        "Rows are drawn at random, each part with the same mix of answers; %(percent)s %% are kept apart for the test, the others serve in %(folds)s parts."
    ),
    "frame_validation_random": N_(
        "Rows are drawn at random; %(percent)s %% are kept apart for the test, the others serve in %(folds)s parts."
    ),
    "role_time": N_("%(column)s says when; the test must come after what the model learned from."),
    "role_group": N_(
        "%(column)s names %(count)s things with about %(rows)s rows each; rows of one thing belong together."
    ),
    "role_suspected_outcome": N_(
        "%(column)s alone tells %(target)s almost perfectly (score %(score)s). It is probably known only afterwards, so it is left out; use it only if it is known when the prediction is made."
    ),
}
SCORING = {
    "no_rows": N_("There are no rows to predict."),
    "missing_column": N_(
        "The column %(column)s is missing. The model needs it; leave its values empty if they are unknown."
    ),
    "missing_value": N_(
        "Row %(row)s does not name the column %(column)s, which other rows do. Check how it is spelled; leave the value empty if it is unknown."
    ),
    "wrong_type": N_("Row %(row)s, column %(column)s: %(value)s is not a %(kind)s."),
    "extra_columns": N_("%(count)s columns are unknown to the model and were left out: %(columns)s."),
    "unseen_category": N_(
        "Column %(column)s holds %(count)s values that were never seen in training, first in row %(row)s (%(value)s). Treat these predictions with care."
    ),
    "out_of_range": N_(
        "Column %(column)s is outside of what was seen in training (%(low)s to %(high)s) in %(count)s rows, first in row %(row)s. Treat these predictions with care."
    ),
    "model_integrity": N_(
        "The stored model is not the one that was approved. It was not used; tell the model's owner."
    ),
    "unreadable_rows": N_("The rows could not be read. Use CSV, Parquet or a JSON list of objects."),
    "bad_request": N_('A request must be a JSON object with a list "rows" of objects.'),
    "too_many_request_rows": N_("At most %(limit)s rows are allowed in one request."),
    "scoring_failed": N_("The rows could not be scored. Check the values."),
    "drift_none": N_("New rows look like the training rows: none of %(total)s columns has drifted."),
    "drift_some": N_(
        "%(drifted)s of %(total)s columns have drifted: %(columns)s. Look at them before trusting new predictions."
    ),
    "drift_dataset": N_(
        "%(drifted)s of %(total)s columns have drifted: %(columns)s. The model sees another world than it learned; train it again."
    ),
}
