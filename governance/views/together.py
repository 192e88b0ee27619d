"""Several like requests answered on one page."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from governance.forms.petitions import KindForm, TogetherForm
from governance.models import ApprovalRequest
from governance.selectors import home, petitions as selectors
from governance.services import together
from governance.views.answers import attempt


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def approval_together(request: HttpRequest) -> HttpResponse:
    """Choose some, answer once; afterwards each says what became of it."""
    asked = KindForm(request.GET)
    kinds = selectors.kinds_together(request.user, home.asked(request.user))  # type: ignore[arg-type]
    kind = asked.cleaned_data["kind"] if asked.is_valid() else (kinds[0][0] if kinds else "")
    form = TogetherForm(request.POST if request.method == "POST" else None)
    outcomes: list[together.Outcome] = []
    if request.method == "POST" and form.is_valid():
        visible = ApprovalRequest.objects.visible_to(request.user).for_list()
        keys = [key for key in request.POST.getlist("requests") if is_key(key)]
        chosen = list(visible.filter(pk__in=keys[: together.MOST + 1]))
        seen = {key: request.POST.get(f"seen_{key}", "") for key in keys}
        done, found = attempt(
            form, lambda: together.decide(chosen, **form.cleaned_data, seen=seen, by=request.user)
        )
        outcomes = found if done else []
    context = {
        "form": form, "kind": kind, "kinds": kinds, "outcomes": outcomes,
        "rows": selectors.together(request.user, kind) if kind else [],  # type: ignore[arg-type]
        "decided": sum(each.decided for each in outcomes),
    }  # fmt: skip
    code = together.status(outcomes) if outcomes else 200
    return render(request, "governance/approval_together.html", context, status=422 if form.errors else code)


def is_key(text: str) -> bool:
    """Whether it could be the key of a request."""
    try:
        ApprovalRequest._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True
