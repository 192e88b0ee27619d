"""Every path of a decision × every kind of person, on the page and by code: one table, and after a no nothing has happened."""

import pytest
from django.urls import reverse

from governance.models import ApprovalRequest, Decision
from governance.urls import urlpatterns
from tests.access.routes import methods
from tests.judging.paths import ANSWERS, NO_DECISION, PATHS
from tests.judging.world import PEOPLE, standing, taken_back

pytestmark = pytest.mark.django_db


def test_every_page_that_writes_stands_in_the_table_or_among_those_that_decide_nothing():
    writing = {each.name for each in urlpatterns if "POST" in methods(each.callback)}
    known = {path.page for path in PATHS.values()} | NO_DECISION
    assert writing == known, (
        f"Say who may decide there (PATHS), or that nothing is decided: {writing ^ known}"
    )
    assert set(ANSWERS) == set(Decision.Answer.values)


def test_a_request_of_every_kind_waits_in_the_court(court):
    assert set(court.waiting) == set(ApprovalRequest.Kind.values), (
        "A new kind needs its request in the court."
    )
    assert all(each.state == "open" for each in court.waiting.values())


def thing(court, path):
    """The object the address names."""
    name, _dot, key = path.at.partition(".")
    found = getattr(court, name)
    return found[key] if key else found


def filled(court, said, found):
    """A body with the keys of this court."""
    keys = {
        "%owner": court.owner.pk, "%guardrail": str(court.waiting_justification.pk), "%trial": str(court.version.trial_id),
        "%request": str(found.pk), "%use_case": str(found.pk), "%words": court.story.digest,
    }  # fmt: skip
    if isinstance(said, dict):
        return {name: filled(court, each, found) for name, each in said.items()}
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return [filled(court, each, found) for each in said]
    return keys.get(said, said) if isinstance(said, str) else said


def prepare(court, path):
    """What must be done before the path is open."""
    if path.first:
        getattr(court, path.first)()


def sent(court, path, name):
    """The answer of the API to this person."""
    found = thing(court, path)
    kwargs = {} if path.api.endswith(("-list", "-together")) else {"pk": found.pk}
    url = reverse(f"api:{path.api}", kwargs=kwargs)
    return court.client(name).post(url, filled(court, path.said, found), content_type="application/json")


def by_code(court, path, name):
    """The code of the answer of the API, or "yes"; the act over several says it by its status."""
    answer = sent(court, path, name)
    if answer.status_code < 400:
        return "yes"
    told = answer.json()
    if "outcomes" in told:
        return {403: "refused", 409: "invalid"}[answer.status_code]
    return told["code"]


def on_page(court, path, name):
    """The answer of the page."""
    found = thing(court, path)
    match path.page:
        case "approval_together":
            kwargs = {}
        case "justification_answer":
            kwargs = {"pk": found.pk, "guardrail_pk": court.waiting_justification.pk}
        case "risk_accept":
            kwargs = {"use_case_pk": found.pk}
        case "gate_sign":
            kwargs = {"use_case_pk": found.pk, "gate": path.said["gate"]}
        case _:
            kwargs = {"pk": found.pk} | ({"act": path.act} if path.act else {})
    url = reverse(f"governance:{path.page}", kwargs=kwargs)
    return court.client(name).post(url, filled(court, path.on_page, found))


@pytest.mark.parametrize("key", PATHS)
def test_each_kind_of_person_gets_the_answer_of_the_table_and_a_no_changes_nothing(key, court):
    path = PATHS[key]
    wanted = {name: path.expected(name) for name in PEOPLE}
    assert bool(path.closed) != ("yes" in wanted.values()), (
        "Somebody must succeed, or `closed` says why nobody does."
    )
    found, strange = {}, []
    with taken_back():
        prepare(court, path)
        before = standing()
        for name in PEOPLE:
            with taken_back():
                found[name] = by_code(court, path, name)
                if (standing() == before) != (found[name] != "yes"):
                    strange.append(f"{name} by code: {found[name]}")
        for code, name in {code: name for name, code in found.items()}.items():
            with taken_back():  # one person for each answer: the page asks the same service
                answer = on_page(court, path, name)
                if not is_page_answer(path, answer, code) or (standing() == before) != (code != "yes"):
                    strange.append(f"{name} on the page: {answer.status_code} for {code}")
    assert (found, strange) == (wanted, [])


def is_page_answer(path, answer, code):
    """Whether the page says the same as the API: the sign-in page, done, what is wrong, or that one may not."""
    if code == "not_authenticated":
        return answer.status_code == 302 and reverse("core:login") in answer["Location"]
    if path.page == "approval_together":  # it shows what became of each; what one does not see is not chosen
        return answer.status_code == {"yes": 200, "invalid": 409, "not_found": 422}.get(code, 403)
    if code == "gate.requirements":
        return answer.status_code in {403, 422}
    return answer.status_code == {"yes": 302, "invalid": 422, "not_found": 404}.get(code, 403)
