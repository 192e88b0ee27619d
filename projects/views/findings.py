"""What can be done about a finding of the checks at the press of a button."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import GuardrailResult
from projects.question import MENDS
from projects.rules import experiments as rules
from projects.selectors.experiments import gravest_first
from projects.services import guardrails
from projects.views.experiments import lesson

Finding = tuple[GuardrailResult, Verdict, str, Verdict | None, str]
LABELS = {
    "exclude": gettext_lazy("Leave it out"),
    "sensitive": gettext_lazy("Use it only to check fairness"),
    "id": gettext_lazy("It only names the row"),
    "group": gettext_lazy("Validate by group"),
    "time": gettext_lazy("Validate in time"),
}


def with_mends(user: User, rows: Iterable[GuardrailResult]) -> list[Finding]:
    """Alerts, gravest first, each with who may answer it and what a button would do about it."""
    found: list[Finding] = []
    for row in gravest_first(rows):
        mend = rules.may_mend(user, row)
        label = str(LABELS[MENDS[row.code][0]]) if row.code in MENDS else ""
        shown = mend if mend or mend.code != "no_mend" else None
        found.append((row, rules.may_justify(user, row), lesson(row.lesson), shown, label))
    return found


@require_POST
@login_required
def finding_mend(request: HttpRequest, pk: str) -> HttpResponse:
    """Give the finding's columns the role it advises; the checks look again."""
    visible = GuardrailResult.objects.visible_to(request.user)
    result = get_object_or_404(
        visible.select_related("experiment__use_case", "experiment__dataset_version__dataset"), pk=pk
    )
    try:
        guardrails.mend(result, by=request.user)
        messages.success(
            request,
            _("Your question was changed and the checks look again. The step before lets you undo it."),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("projects:experiment_checks", pk=result.experiment_id)
