"""The risk of a use case: questions, the tier they lead to, and what remains."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance import risk_questions
from governance.forms.policies import ResidualForm, RiskForm
from governance.models import ApprovalRequest, ResidualRisk, RiskAssessment
from governance.rules import risks as rules
from governance.services import risks
from governance.views.answers import attempt, attempt_or_tell
from governance.views.gates import visible
from portal.core.verdicts import require
from projects.models import UseCase

TIER_COLORS = {
    "unassessed": "grey",
    "minimal": "green",
    "limited": "yellow",
    "high": "orange",
    "prohibited": "red",
}


def page(
    request: HttpRequest, use_case: UseCase, form: RiskForm, residual: ResidualForm, looked: str = ""
) -> HttpResponse:
    """The whole page; `looked` is the tier the answers lead to, before anything is kept."""
    found = list(RiskAssessment.objects.filter(use_case=use_case).for_list()[:10])
    questions = {each.code: each for each in risk_questions.load().questions}
    last = found[0] if found else None
    led = risk_questions.suggested(form.answers())[1] if looked else (last.reasons if last else [])
    user = request.user
    context = {
        "use_case": use_case, "color": TIER_COLORS[use_case.risk_tier], "form": form, "residual_form": residual,
        "looked": UseCase.Tier(looked).label if looked else "", "looked_color": TIER_COLORS.get(looked, ""),
        "last": last, "history": [(each, TIER_COLORS[each.chosen]) for each in found],
        "reasons": [questions[code] for code in led if code in questions], "dates": risk_questions.load().dates,
        "read_on": risk_questions.load().read_on,
        "asked": ApprovalRequest.objects.open().filter(use_case=use_case, kind="tier_change").first(),
        "residual": [(each, rules.may_end(user, each)) for each in ResidualRisk.objects.filter(use_case=use_case).for_list()],
        "may_assess": rules.may_assess(user, use_case), "may_accept": rules.may_accept(user, use_case),
    }  # fmt: skip
    return render(
        request, "governance/risk_detail.html", context, status=422 if form.errors or residual.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def risk_detail(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """Answer the questions: first look where they lead, then keep it."""
    use_case = visible(request, use_case_pk)
    if request.method != "POST":
        last = RiskAssessment.objects.filter(use_case=use_case).first()
        initial = {
            f"q_{code}": "yes" if said else "no" for code, said in (last.answers if last else {}).items()
        }
        return page(request, use_case, RiskForm(initial=initial), ResidualForm(auto_id="residual_%s"))
    require(rules.may_assess(request.user, use_case))
    form = RiskForm(request.POST)
    if form.is_valid() and request.POST.get("step") == "look":
        return page(
            request,
            use_case,
            form,
            ResidualForm(auto_id="residual_%s"),
            risk_questions.suggested(form.answers())[0],
        )
    if form.is_valid():
        data = form.cleaned_data
        done, made = attempt(
            form,
            lambda: risks.assess(
                use_case,
                answers=form.answers(),
                chosen=data["chosen"],
                reason=data["reason"],
                by=request.user,
            ),
        )
        if done:
            messages.success(
                request,
                _("A second person is asked for the lower tier.")
                if made.request_id
                else _("The risk tier is set."),
            )
            return redirect("governance:risk_detail", use_case_pk=use_case.pk)
    return page(request, use_case, form, ResidualForm(auto_id="residual_%s"))


@require_POST
@login_required
def risk_accept(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """Take a remaining risk in person."""
    use_case = visible(request, use_case_pk)
    require(rules.may_accept(request.user, use_case))
    form = ResidualForm(request.POST, auto_id="residual_%s")
    if form.is_valid():
        done, _made = attempt(form, lambda: risks.accept(use_case, **form.cleaned_data, by=request.user))
        if done:
            messages.success(request, _("The risk is yours until that day."))
            return redirect("governance:risk_detail", use_case_pk=use_case.pk)
    return page(request, use_case, RiskForm(), form)


@require_POST
@login_required
def risk_end(request: HttpRequest, pk: str) -> HttpResponse:
    """It is not accepted any more."""
    found = get_object_or_404(ResidualRisk.objects.visible_to(request.user).for_list(), pk=pk)
    attempt_or_tell(request, lambda: risks.end(found, by=request.user), _("The acceptance is over."))
    return redirect("governance:risk_detail", use_case_pk=found.use_case_id)
