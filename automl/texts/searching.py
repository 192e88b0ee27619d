"""What the search says while and after it runs."""
# ruff: noqa: E501 - one sentence per line reads better here than wrapped halves

from automl.texts.marks import N_

SEARCH: dict[str, str] = {
    "trial_out_of_memory": N_(
        "Left out: training it took more than the %(allowed)s MB of memory it may use. The search went on without it."
    ),
    "trial_too_large": N_(
        "Left out before it started: it would need about %(needed)s MB of memory and may use %(allowed)s MB."
    ),
    "trial_disk_full": N_(
        "Left out: there was no space to store the model. Ask an IT engineer to free space, then start again."
    ),
    "trial_crashed": N_("Left out: its training process ended unexpectedly. The search went on without it."),
    "fit_disk_full": N_(
        "The disk is full, so no result could be stored. Ask an IT engineer to free space, then start again: what was trained so far is kept where possible."
    ),
    "target_rare_in_test": N_(
        "All %(rows)s rows kept apart for the test have the same answer, so no model could be judged. Add rows with the rarer answer, keep more rows apart, or choose another way of testing."
    ),
    "fit_none_trained": N_(
        "No model could be trained on this table (%(error)s). Read what the checks found, leave out odd columns, or choose another target."
    ),
    "fit_broken": N_(
        "The search ended because of an error that nobody foresaw (%(error)s). Nothing of your question is lost. Tell an IT engineer, or ask with other columns."
    ),
    "command_out_of_memory": N_(
        "The memory allowed was too small for this table. Use fewer rows or columns, or allow more."
    ),
    "command_broken": N_(
        "This could not be done because of an error that nobody foresaw (%(error)s). Nothing was changed. Tell an IT engineer."
    ),
    "cluster_absent": N_(
        "The cluster did not answer (%(error)s), so the training runs on this machine alone."
    ),
    "cluster_not_for_large": N_(
        "The table is large: its rows stay on this machine, and so does the training."
    ),
    "checks_unfinished": N_("The checks of the data did not finish in the time of this search."),
    "checks_unfinished.why": N_(
        "A problem of the data, such as a column that gives the answer away, may stand there unseen."
    ),
    "checks_unfinished.fix": N_(
        "Run the checks on their own, or give the search more time, before you rely on this model."
    ),
}
