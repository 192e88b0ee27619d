"""Background work: what runs for me and how far it is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from portal.core import destinations, rules
from portal.core.forms import JobFilter
from portal.core.models import Job
from portal.core.selectors import job_label
from portal.core.services import jobs
from portal.core.tables import JobTable


@require_safe
@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    """One's own work; everybody's for those who watch over the system."""
    form = JobFilter(request.GET)
    wanted = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = Job.objects.visible_to(request.user).filter(**wanted).select_related("owner")
    table = JobTable(found)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {"form": form, "table": table, "sees_all": bool(rules.may_see_status(request.user))}
    return render(request, "core/job_list.html", context)


@require_safe
@login_required
def job_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """One job, followed live."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("owner"), pk=pk)
    context = {
        "job": job,
        "label": job_label(request.user, job),
        "may_cancel": rules.may_cancel_job(request.user, job),
        "gone_words": _(destinations.GONE) if destinations.gone(request.user, [job.url]) else "",
        "color": Job.COLORS[job.state],
    }
    return render(request, "core/job_detail.html", context)


@require_POST
@login_required
def job_cancel(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask for a stop."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    jobs.cancel(job, by=request.user)
    messages.success(request, _("The job stops as soon as it can."))
    return redirect("core:job_detail", pk=job.pk)
