"""What the guardrails say, second drawer: leaks by name and sum, values, change, people, validation."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

CHECK_TEXTS = {
    "policy_unknown": N_(
        "The policy of the guardrails names %(check)s wrongly: no such check, field or value."
    ),
    "policy_laxer": N_(
        "The policy of the guardrails may make %(check)s stricter only: %(wanted)s is laxer than %(default)s."
    ),
    "check_broken": N_(
        "The check %(check)s could not be carried out on this table (%(error)s). Nobody looked: look yourself."
    ),
    "leakage_or_easy": N_(
        "%(columns)s alone predicts the answer with a score of %(score)s. Many other columns score high too, so the question may simply be easy. Is it known when the prediction is made?"
    ),
    "target_near_copy": N_("%(columns)s says the same as the target in %(percent)s %% of the rows."),
    "target_near_copy.why": N_(
        "A second record of the answer is not there yet when you need the prediction."
    ),
    "target_near_copy.fix": N_("Exclude the column, or say why it is known in advance."),
    "target_is_sum": N_("Added up with weights, %(columns)s give exactly the target."),
    "target_is_product": N_("Multiplied or divided, %(columns)s give exactly the target."),
    "target_sum.why": N_(
        "The parts of an amount are known only when the amount is: the model would just add up."
    ),
    "target_sum.fix": N_("Exclude at least one of these columns, unless all are known beforehand."),
    "leakage_lead": N_(
        "A quick model scores %(with)s with %(columns)s and only %(without)s without it. Is it known when the prediction is made?"
    ),
    "leakage_lead.why": N_("When one column carries the whole model, it often was written after the event."),
    "leakage_lead.fix": N_(
        "Exclude the column unless it is known at the moment of prediction; say how you know."
    ),
    "after_the_event": N_(
        "The names of %(columns)s speak of what happened afterwards, and they help to predict. Are they known when the prediction is made?"
    ),
    "after_the_event.why": N_(
        "A column that is filled in at the end of the story is empty when you need the prediction."
    ),
    "after_the_event.fix": N_("Exclude these columns, or say at which moment each one is filled in."),
    "later_date": N_(
        "%(columns)s lie after %(clock)s in %(percent)s %% of the rows. Are these dates known when the prediction is made?"
    ),
    "later_date.why": N_("A date of something that comes later is empty when you need the prediction."),
    "later_date.fix": N_("Exclude these columns, or say why they are known in advance, as a due date is."),
    "identifier_leak": N_(
        "%(columns)s only name the rows, yet predict the answer with a score of %(score)s."
    ),
    "order_leak": N_("The place of a row in the table alone predicts the answer with a score of %(score)s."),
    "identifier_leak.why": N_(
        "Numbers given in order betray when or why a row was written; new rows have other numbers."
    ),
    "identifier_leak.fix": N_("Keep such columns out. If the order is time, validate in time."),
    "twin_columns": N_("These columns say the same: %(pairs)s."),
    "twin_columns.why": N_("Twins add nothing, and they share the importance that one column would have."),
    "twin_columns.fix": N_("Keep the one that people understand and exclude the other."),
    "sentinel_values": N_(
        "%(columns)s holds %(label)s in %(percent)s %% of the rows, far off all other values: probably it means unknown."
    ),
    "sentinel_values.why": N_("Taken as an amount, a stand-in for unknown bends averages and linear models."),
    "sentinel_values.fix": N_("Leave such cells empty in the source, or say that the value is real."),
    "unknown_words": N_("%(columns)s hold words such as %(label)s that seem to mean that nothing was known."),
    "unknown_words.why": N_(
        "That something is unknown can itself be a sign; then it should be meant, not an accident."
    ),
    "unknown_words.fix": N_(
        "Leave such cells empty in the source, or keep them as a value of their own on purpose."
    ),
    "numeric_text": N_(
        "%(columns)s holds numbers written as text; others among them (%(others)s) count as missing."
    ),
    "numeric_text_blank": N_(
        "%(columns)s holds numbers written as text; blank cells among them count as missing."
    ),
    "numeric_text_clean": N_("%(columns)s holds numbers written as text; they are read as numbers."),
    "numeric_text.why": N_("As text, every amount would be a category of its own."),
    "numeric_text.fix": N_("Nothing to do; check the cells that are no numbers."),
    "mixed_types": N_("%(columns)s mix words with numbers (up to %(percent)s %% numbers)."),
    "mixed_types.why": N_("A column with two meanings is learned as neither."),
    "mixed_types.fix": N_("Split it into a column of numbers and a column of words."),
    "infinite_values": N_("%(rows)s cells of %(columns)s are infinite and count as missing."),
    "infinite_values.why": N_("Most often something was divided by zero."),
    "infinite_values.fix": N_("Correct the calculation in the source."),
    "odd_dates": N_("%(columns)s holds odd dates such as %(label)s (%(rows)s rows)."),
    "odd_dates.why": N_("A placeholder or a slip of the pen makes ages and durations of hundreds of years."),
    "odd_dates.fix": N_("Leave such cells empty in the source."),
    "spelling_variants": N_("The same value is written in several ways in %(columns)s: %(pairs)s."),
    "spelling_variants.why": N_("For a model each spelling is another value, with fewer rows each."),
    "spelling_variants.fix": N_("Write each value in one way in the source."),
    "change_over_time": N_(
        "The latest rows by %(clock)s can be told from the earlier ones with a score of %(score)s, mostly by %(columns)s."
    ),
    "change_over_time.why": N_(
        "The world is moving: what was learned from the past may not hold for the next rows."
    ),
    "change_over_time.fix": N_("Validate in time, learn from recent rows, and watch these columns in use."),
    "change_of_version": N_(
        "Rows of this version can be told from those of the version before with a score of %(score)s, mostly by %(columns)s."
    ),
    "change_of_version.why": N_("Either the world changed or the way the table is made; a model feels both."),
    "change_of_version.fix": N_(
        "Ask the owner of the data what changed before you compare the results of both versions."
    ),
    "neighbours_alike": N_(
        "Rows beside each other have like answers (correlation %(score)s): the table seems to be in order of time or group."
    ),
    "sorted_by_answer": N_("The rows are sorted by the answer."),
    "neighbours_alike.why": N_(
        "Drawn at random, the test then holds near twins of training rows, and real use is harder."
    ),
    "neighbours_alike.fix": N_(
        "If the order is time, give a column the role time; if rows belong together, the role group."
    ),
    "hidden_groups": N_(
        "%(percent)s %% of the rows agree with another row in all measured values but %(columns)s: the same thing seems to be measured several times."
    ),
    "hidden_groups_all": N_(
        "%(percent)s %% of the rows agree with another row in all numbers: the same thing seems to stand in several rows."
    ),
    "hidden_groups.why": N_(
        "With the same thing in training and test, the model is tested on what it has seen."
    ),
    "hidden_groups.fix": N_(
        "Add a column that names the thing, give it the role group, and validate by group."
    ),
    "wrong_folds": N_("The rarest answer has %(rows)s rows, too few for %(folds)s folds and a test."),
    "few_groups_for_folds": N_("%(columns)s has %(rows)s groups, too few for %(folds)s folds and a test."),
    "rare_by_luck": N_(
        "The rarer answer has %(percent)s %% of the rows; drawn at random, its share in the test is luck."
    ),
    "wrong_folds.why": N_("A fold without an answer cannot judge it."),
    "wrong_folds.fix": N_("Use fewer folds, or draw each part with the same mix of answers."),
    "holdout_looks": N_(
        "The rows kept apart have already judged the results of %(looks)s searches for the same answer."
    ),
    "holdout_looks.why": N_("Whoever tries often enough finds a model that was lucky on these rows."),
    "holdout_looks.fix": N_("Decide by validation, and confirm the last choice on new rows."),
    "metric_ignores_costs": N_("One error costs %(times)s times the other, but accuracy counts both alike."),
    "metric_ignores_costs.why": N_("The model that is most often right can be the most expensive one."),
    "metric_ignores_costs.fix": N_("Choose AUC or average precision; the limit is then set by the costs."),
    "heavy_tail": N_("%(columns)s has a few huge values (skewness %(value)s)."),
    "heavy_tail.why": N_("A squared error is decided by them; ordinary rows hardly count."),
    "heavy_tail.fix": N_("Use the mean absolute error if ordinary rows matter most."),
    "codes_as_amounts": N_(
        "%(columns)s has %(value)s whole numbers only, but an amount is to be estimated. Are they codes?"
    ),
    "codes_as_amounts.why": N_("Between code 1 and code 3 there is no 2: an average of codes means nothing."),
    "codes_as_amounts.fix": N_(
        "Ask for one of several answers, or say that the numbers are counts or grades."
    ),
    "target_names_rows": N_("The target %(columns)s names each row: there is nothing to learn."),
    "target_names_rows.why": N_("An answer that is never repeated cannot be predicted from examples."),
    "target_names_rows.fix": N_("Choose the column that holds the answer."),
    "odd_target_values": N_("The target is no finite number in %(rows)s rows; they are left out."),
    "odd_target_values.why": N_("If these rows are special, the model never learns them."),
    "odd_target_values.fix": N_("Correct the values in the source."),
    "sensitive_asked": N_(
        "%(columns)s could be a protected attribute (%(attributes)s) or something else: does it speak of people?"
    ),
    "sensitive_proxy": N_(
        "%(columns)s tell much about %(attribute)s (score %(score)s): leaving %(attribute)s out does not leave it out."
    ),
    "sensitive_proxy.why": N_("A model can treat groups unequally through another column."),
    "sensitive_proxy.fix": N_(
        "Look at the fairness of the result by group; exclude the column if it adds little."
    ),
    "small_groups": N_(
        "Some groups of %(columns)s are small (%(groups)s rows): the test cannot tell whether they are treated fairly."
    ),
    "small_groups.why": N_("A rate of a few rows is luck."),
    "small_groups.fix": N_("Collect more rows of these groups, join groups, or keep a larger part apart."),
    "unequal_answers": N_(
        "In %(columns)s, the answer %(answer)s is given to %(low_group)s at %(percent)s %% of the rate of %(high_group)s (rows: %(groups)s)."
    ),
    "unequal_answers.why": N_("A model repeats what past decisions did, fair or not."),
    "unequal_answers.fix": N_(
        "Find out why the answers differ; look at the fairness of the result by group."
    ),
    "personal_data_in_text": N_("%(percent)s %% of the texts in %(columns)s hold personal data (%(what)s)."),
    "personal_data_in_text.why": N_(
        "Names and addresses in remarks travel with the table to everyone who may read it."
    ),
    "personal_data_in_text.fix": N_("Remove them in the source, or exclude the column."),
    "beyond_training": N_(
        "%(percent)s %% of the amounts of the test lie beyond all that training knew, and the best model consists of trees: it can never estimate more, or less, than it has seen."
    ),
    "beyond_training.why": N_(
        "Where amounts keep growing, such a model stays behind; its errors grow with time."
    ),
    "beyond_training.fix": N_(
        "Predict the change since the last known amount instead of the amount, or take a linear model; train again often."
    ),
    "simple_is_as_good": N_(
        "The best model reaches %(best)s and the simple one %(simple)s (%(metric)s): the difference may be luck."
    ),
    "simple_is_as_good.why": N_("A simple model is easier to explain, to check and to keep."),
    "simple_is_as_good.fix": N_("Take the simple model unless you know why the other is better."),
}
