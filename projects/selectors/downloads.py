"""Reads: whether a person may take a table along; what they see masked, they do not take either."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import DatasetVersion
from projects.rules import downloads as rules
from projects.selectors import privacy


def may_take(user: User, version: DatasetVersion) -> Verdict:
    """The rule of the class, and no column whose single values are hidden from this person."""
    return first_no(rules.may_take_table(user, version), nothing_is_masked(user, version))


def nothing_is_masked(user: User, version: DatasetVersion) -> Verdict:
    """A copy would show what the page masks."""
    masked = sorted(privacy.masked_columns(version, user))
    if not masked:
        return YES
    return no(
        _("Single values of %(columns)s are masked for you, and a copy would show them.")
        % {"columns": ", ".join(masked[:5])},
        _("Ask %(owner)s to classify these columns, or prepare a table without them.")
        % {"owner": version.dataset.owner},
        code="download.single_values_masked_copy_would",
    )
