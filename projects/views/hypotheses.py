"""The board of hypotheses: what the business believes, and what the data say."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.models import User
from portal.core.verdicts import require
from projects import rules
from projects.forms.teamwork import AnswerHypothesisForm, HypothesisForm
from projects.models import ColumnPair, DatasetVersion, Hypothesis
from projects.selectors import hypotheses as reads
from projects.selectors.column_pairs import pair_chart, pair_of, pair_words
from projects.services import column_pairs, hypotheses
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.deeds import done

ACTS = {"withdraw": hypotheses.withdraw, "reopen": hypotheses.reopen}


def find_hypothesis(request: HttpRequest, pk: UUID, hypothesis: UUID) -> Hypothesis:
    """A hypothesis of a use case the reader sees."""
    use_case = find(request, pk)
    found = get_object_or_404(
        Hypothesis.objects.select_related("stated_by"), use_case=use_case, pk=hypothesis
    )
    found.use_case = use_case
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_hypotheses(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The board; a POST states one."""
    use_case = find(request, pk)
    may_state = rules.hypotheses.may_state(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_state)
    form = HypothesisForm(request.POST or None)
    act = lambda: hypotheses.state(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:use_case_hypotheses", pk=pk)
    lanes = reads.lanes(use_case, request.user)  # type: ignore[arg-type]
    context = frame(use_case, "hypotheses") | {
        "form": form,
        "lanes": lanes,
        "is_empty": not any(lane.cards for lane in lanes),
        "may_state": may_state,
    }
    return render(request, "projects/hypotheses.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hypothesis(request: HttpRequest, pk: UUID, hypothesis: UUID) -> HttpResponse:
    """Answer one: choose a table, look at one column or two, say what they show."""
    found = find_hypothesis(request, pk, hypothesis)
    reader: User = request.user  # type: ignore[assignment]
    may_answer = rules.hypotheses.may_answer(reader, found)
    if request.method == "POST":
        require(may_answer)
    look = looked_at(request, found) if may_answer else Look()
    start = {"version": look.version, "column": look.column, "against": look.against}
    form = AnswerHypothesisForm(
        request.POST or None, initial=start, offered=look.offered, columns=look.columns
    )
    act = lambda: hypotheses.answer(found, **form.cleaned_data, by=reader)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:use_case_hypotheses", pk=pk)
    context = frame(found.use_case, "hypothesis") | {
        "hypothesis": found,
        "form": form,
        "may_answer": may_answer,
        "look": look,
        "chart": chart_of_look(look),
        "words": pair_words(look.pair) if look.pair and look.pair.result else "",
    }
    return render(request, "projects/hypothesis.html", context, status=status_of(form))


@dataclass(frozen=True)
class Look:
    """What the analyst looks at: a table, a column, perhaps a second one."""

    offered: QuerySet[DatasetVersion] = field(default_factory=DatasetVersion.objects.none)
    version: DatasetVersion | None = None
    columns: list[str] = field(default_factory=list)
    column: str = ""
    against: str = ""
    pair: ColumnPair | None = None

    @property
    def is_waiting(self) -> bool:
        """A worker still reads the two columns."""
        return bool(self.pair and not self.pair.result and not self.pair.job.is_over)


def looked_at(request: HttpRequest, found: Hypothesis) -> Look:
    """From the address or the form; what is not there gives way to the first that is."""
    offered = reads.offered_versions(found.use_case, request.user)  # type: ignore[arg-type]
    asked = request.POST or request.GET
    version = next((each for each in offered if str(each.pk) == asked.get("version", "")), None)
    version = version or offered.first()
    columns = reads.drawable(version) if version else []
    column = asked.get("column", "")
    column = column if column in columns else next(iter(columns), "")
    against = asked.get("against", "")
    against = against if against in columns and against != column else ""
    pair = pair_of(version, column, against) if version and against else None
    return Look(offered, version, columns, column, against if pair else "", pair)


def chart_of_look(look: Look) -> dict[str, Any] | None:
    """The chart of two columns when they were chosen, of the one otherwise."""
    if look.pair:
        return pair_chart(look.pair)
    return reads.chart_of(look.version, look.column) if look.version else None


@require_POST
@login_required
def hypothesis_look(request: HttpRequest, pk: UUID, hypothesis: UUID) -> HttpResponse:
    """Look at a column, or have two drawn against each other by a worker."""
    found = find_hypothesis(request, pk, hypothesis)
    reader: User = request.user  # type: ignore[assignment]
    require(rules.hypotheses.may_answer(reader, found))
    chosen = {name: request.POST.get(name, "") for name in ("version", "column", "against")}
    if chosen["against"]:
        offered = reads.offered_versions(found.use_case, reader)
        version = next((each for each in offered if str(each.pk) == chosen["version"]), None)
        if version is None:
            raise Http404
        names = {"column": chosen["column"], "against": chosen["against"]}
        done(request, lambda: column_pairs.ask(found, version=version, **names, by=reader))
    page = reverse("projects:hypothesis", args=[pk, hypothesis])
    return redirect(f"{page}?{urlencode({name: value for name, value in chosen.items() if value})}")


@require_safe
@login_required
def hypothesis_live(request: HttpRequest, pk: UUID, hypothesis: UUID) -> HttpResponse:
    """How far the worker is; once it is over the page loads anew."""
    found = find_hypothesis(request, pk, hypothesis)
    look = looked_at(request, found) if rules.hypotheses.may_answer(request.user, found) else Look()  # type: ignore[arg-type]
    if not look.is_waiting:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(
        request,
        "projects/hypothesis_wait.html",
        {"hypothesis": found, "look": look, "use_case": found.use_case},
    )


@require_POST
@login_required
def hypothesis_act(request: HttpRequest, pk: UUID, hypothesis: UUID, act: str) -> HttpResponse:
    """Withdraw one, or open it again."""
    found = find_hypothesis(request, pk, hypothesis)
    if act not in ACTS:
        raise Http404
    done(request, lambda: ACTS[act](found, by=request.user))  # type: ignore[arg-type]
    return redirect("projects:use_case_hypotheses", pk=pk)
