"""How long things take, phase by phase."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.forms.phase_times import TimesForm
from projects.selectors import phase_times as reads


@require_safe
@login_required
def use_case_times(request: HttpRequest) -> HttpResponse:
    """Middle days per phase, for all and by group."""
    form = TimesForm(request.GET)
    by = form.cleaned_data["by"] if form.is_valid() else ""
    found = reads.groups(request.user, by)  # type: ignore[arg-type]
    context = {
        "form": form,
        "groups": found,
        "phases": [reads.Phase(phase).label for phase in reads.PHASES],
        "chart": reads.chart(found),
        "by": reads.WAYS.get(by, _("Use cases")),
    }
    return render(request, "projects/use_case_times.html", context, status=200 if form.is_valid() else 422)
