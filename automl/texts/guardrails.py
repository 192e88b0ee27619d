"""What the guardrails say: what, how sure, why it matters, what to do."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

GUARDRAILS = {
    "guardrail_passed": N_("Nothing found."),
    "identifier_feature": N_("%(columns)s only name the rows. They are left out of the model."),
    "identifier_feature.why": N_(
        "A model that learns names by heart looks good in tests and fails on new rows."
    ),
    "identifier_feature.fix": N_("Give these columns the role id."),
    "constant_columns": N_("%(columns)s have one value only and are left out."),
    "constant_columns.why": N_("A column that never changes cannot help."),
    "constant_columns.fix": N_("Nothing to do; check the export if you expected different values."),
    "mostly_missing": N_("%(columns)s are empty in more than half of the rows."),
    "almost_all_missing": N_("%(columns)s are empty in more than 95 %% of the rows and are left out."),
    "mostly_missing.why": N_(
        "The few filled rows may be special, and a filled cell may itself betray the answer."
    ),
    "mostly_missing.fix": N_(
        "Find out why values are missing; exclude the column or say why it is right to use it."
    ),
    "high_cardinality": N_("%(columns)s have up to %(value)s different texts."),
    "high_cardinality.why": N_("Rare values are learned by heart and mean nothing for new rows."),
    "high_cardinality.fix": N_("Group the values, or exclude the column."),
    "too_few_rows": N_("There are only %(value)s rows with a known answer; %(threshold)s are the least."),
    "too_few_rows.why": N_("With few rows the score is mostly luck."),
    "too_few_rows.fix": N_("Collect more rows, or treat the result as a first impression only."),
    "too_few_positives": N_(
        "The answer %(label)s occurs in only %(value)s rows; %(threshold)s are the least."
    ),
    "too_few_positives.why": N_("A model cannot learn, nor can a test judge, what it hardly ever saw."),
    "too_few_positives.fix": N_("Collect more such rows, or join rare answers into one."),
    "duplicate_rows": N_(
        "%(rows)s rows (%(percent)s %%) are exact copies of others. Drawn at random, %(both)s %% of the test would be rows that training has seen."
    ),
    "duplicate_rows.why": N_("A copy in the test of a row in training makes the score too good."),
    "duplicate_rows.fix": N_("Remove the copies, or validate by group."),
    "conflicting_duplicates": N_(
        "%(rows)s rows (%(percent)s %%) are equal in all features but have different answers. No model can be right in more than %(ceiling)s %% of the rows."
    ),
    "conflicting_duplicates.why": N_("The columns do not hold what decides the answer in these rows."),
    "conflicting_duplicates.fix": N_("Add columns that tell these rows apart, or accept the limit."),
    "target_missing": N_("The answer is missing in %(rows)s rows (%(percent)s %%); they are left out."),
    "target_not_there": N_("The target column %(columns)s is not in the table."),
    "target_all_missing": N_("The target column %(columns)s is empty in every row."),
    "target_missing.why": N_(
        "A model learns only from rows whose answer is known; if these are special, it learns something special."
    ),
    "target_missing.fix": N_("Choose the right target column; find out why answers are missing."),
    "target_one_class": N_("All rows have the same answer in %(columns)s: there is nothing to predict."),
    "target_one_class.why": N_("A model needs examples of at least two answers."),
    "target_one_class.fix": N_("Choose another target or add rows with the other answer."),
    "target_many_classes": N_(
        "The target %(columns)s has %(value)s different answers; at most %(threshold)s can be told apart."
    ),
    "target_number_as_class": N_(
        "The target %(columns)s is a number with %(value)s values but is treated as classes. Is an estimate wanted?"
    ),
    "target_not_two": N_("The target %(columns)s has %(value)s different answers, but yes/no was asked."),
    "target_many_classes.why": N_("With many answers each one has few examples."),
    "target_many_classes.fix": N_("Group the answers, or estimate the number (regression)."),
    "target_not_numeric": N_("The target %(columns)s holds text, but a number is to be estimated."),
    "target_not_numeric.why": N_("An error in size can only be measured on numbers."),
    "target_not_numeric.fix": N_("Choose a number as target or a classification as task."),
    "target_copy": N_("%(columns)s say the same as the target under another name."),
    "target_copy.why": N_("The answer itself will not be known when a prediction is needed."),
    "target_copy.fix": N_("Exclude the column."),
    "target_leakage": N_(
        "%(columns)s alone predicts the answer with a score of %(score)s, which is suspiciously good. Is it known when the prediction is made?"
    ),
    "leakage_dominance": N_(
        "%(columns)s alone scores %(score)s, far ahead of the next column %(other)s with %(second)s. Is it known when the prediction is made?"
    ),
    "target_leakage.why": N_(
        "A column written after the event makes a model that is perfect in the test and useless in use."
    ),
    "target_leakage.fix": N_(
        "Exclude the column unless it is known at the moment of prediction; say how you know."
    ),
    "rare_trigger_leak": N_(
        "Whenever %(columns)s is %(label)s (%(rows)s rows) the answer is %(answer)s. Is this value set before or after the answer?"
    ),
    "rare_trigger_leak.why": N_(
        "A value that is only filled in after the event betrays the answer in the test, never in use."
    ),
    "rare_trigger_leak.fix": N_("Exclude the column, or say how the value is known in advance."),
    "wrong_metric": N_(
        "The rarer answer has only %(percent)s %% of the rows: always giving the other answer is right in %(constant)s %%. Accuracy hides this."
    ),
    "wrong_metric.why": N_("A useless model looks excellent by accuracy when one answer is rare."),
    "wrong_metric.fix": N_("Use AUC or average precision, and set the costs of errors."),
    "imbalanced_target": N_("The rarer answer has only %(percent)s %% of the rows."),
    "imbalanced_target.why": N_("The usual limit of one half would hardly ever say yes."),
    "imbalanced_target.fix": N_("Set the costs of both errors; the limit is then chosen for them."),
    "time_ignored": N_("%(columns)s give a time, but rows are drawn at random into training and test."),
    "time_ignored.why": N_(
        "The model would be tested on the past with knowledge of the future; real use is harder."
    ),
    "time_ignored.fix": N_("Validate in time: train on the past, test on the latest rows."),
    "group_ignored": N_("%(columns)s say which rows belong together, but rows are drawn one by one."),
    "group_suspected": N_(
        "%(columns)s look like names of customers or things with several rows each, but rows are drawn one by one."
    ),
    "group_ignored.why": N_(
        "With the same customer in training and test, the model is tested on what it has seen."
    ),
    "group_ignored.fix": N_("Validate by group with this column."),
    "unsorted_time": N_("%(columns)s is empty in some rows; these count as the oldest or as one group."),
    "split_column_missing": N_("Validation of kind %(kind)s needs a column with a time or a group."),
    "unsorted_time.why": N_("Without it rows cannot be put on the right side of the split."),
    "unsorted_time.fix": N_("Give a column the role time or group, or choose another validation."),
    "sensitive_feature": N_("%(columns)s are protected attributes and are used to predict."),
    "sensitive_feature.why": N_("Deciding about people by such attributes is forbidden in most cases."),
    "sensitive_feature.fix": N_("Do not use them to predict; keep them to check fairness."),
    "sensitive_undeclared": N_(
        "%(columns)s may be protected attributes (%(attributes)s) but are used like any other column."
    ),
    "sensitive_undeclared.why": N_("An unnoticed attribute cannot be checked for fairness."),
    "sensitive_undeclared.fix": N_(
        "Give the column the role sensitive, or state that it is not about people."
    ),
    "personal_data": N_("%(columns)s look like personal data (%(what)s)."),
    "personal_data.why": N_(
        "Data that names a person may be used only where the purpose needs it, and rarely helps to predict."
    ),
    "personal_data.fix": N_("Exclude the column, or state the purpose and the legal basis."),
    "worse_than_baseline": N_("The best model is no better than the same answer for everybody."),
    "hardly_better_than_baseline": N_(
        "The best model is hardly better than the same answer for everybody: the difference may be luck."
    ),
    "worse_than_baseline.why": N_("A model that does not beat a constant only adds cost and risk."),
    "worse_than_baseline.fix": N_("Add columns that matter, more rows, or do not use a model here."),
    "overfitting": N_(
        "The score fell from %(cv)s in validation to %(test)s on rows kept apart, more than chance explains."
    ),
    "overfitting.why": N_("Choosing among many models finds some that were lucky in validation."),
    "overfitting.fix": N_("Trust the score on the rows kept apart; prefer a simpler model or more rows."),
    "train_test_gap": N_("The score is %(train)s on training rows and %(test)s on rows kept apart."),
    "train_test_gap.why": N_("A part of what was learned holds for the training rows only."),
    "train_test_gap.fix": N_("Nothing by itself; quote only the score on the rows kept apart."),
    "too_good_to_be_true": N_("%(metric)s is %(score)s: almost perfect."),
    "too_good_to_be_true.why": N_(
        "Real questions hardly ever have perfect answers; most often a column knows the answer."
    ),
    "too_good_to_be_true.fix": N_(
        "Look at the most important columns: is each known when the prediction is made?"
    ),
    "calibration_off": N_("Predicted probabilities are %(points)s points off on average."),
    "calibration_off.why": N_("Costs and limits are computed with these probabilities."),
    "calibration_off.fix": N_("Use the scores as a ranking only, or calibrate on new rows."),
    "small_test_set": N_("Only %(rows)s rows were kept apart for the test."),
    "few_test_positives": N_("Only %(rows)s rows of the rarer answer were kept apart for the test."),
    "small_test_set.why": N_("The true score may be far from the measured one; see its interval."),
    "small_test_set.fix": N_("Keep a larger part apart or collect more rows."),
    "group_difference.why": N_(
        "Below four fifths, the law of several countries presumes a disadvantage for the group."
    ),
    "group_difference.fix": N_(
        "Find out why the groups differ; change the columns or the limit, or say why the difference is right."
    ),
    "group_selection_ratio": N_(
        "In %(columns)s, the group %(low_group)s is selected at %(percent)s %% of the rate of %(high_group)s (between %(low)s and %(high)s %%; rows: %(groups)s)."
    ),
    "group_tpr_ratio": N_(
        "In %(columns)s, rightful cases of the group %(low_group)s are found at %(percent)s %% of the rate of %(high_group)s (between %(low)s and %(high)s %%; rows: %(groups)s)."
    ),
    "group_accuracy_ratio": N_(
        "In %(columns)s, the model is right for the group %(low_group)s at %(percent)s %% of the rate of %(high_group)s (between %(low)s and %(high)s %%; rows: %(groups)s)."
    ),
    "group_error_ratio": N_(
        "In %(columns)s, the estimates for the group %(high_group)s are off by %(percent)s %% of what they are off for %(low_group)s (between %(low)s and %(high)s %%; rows: %(groups)s)."
    ),
}
