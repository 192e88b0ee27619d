"""Reading time, the list after a third failure, the short exam, wrong practice answers, reminders, and the graph's page."""

import struct
import xml.etree.ElementTree as ET
import zlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.core import addresses, clock
from portal.core.models import Notice
from portal.core.models.credentials import Right
from portal.core.services import people
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.people import PASSWORD, person
from tests.training.learners import CITIZEN, OWNER, answer_all, certified, finish_lessons, take
from training import baking, graph, remedies, rules, scoring, short_exams
from training.models import (
    Certificate,
    CheckAnswer,
    Lesson,
    LessonProgress,
    LessonReading,
    Mentorship,
    Path,
    Prerequisite,
    PrerequisiteEdition,
    Question,
    RecallCard,
)
from training.services import (
    assignments,
    attempts,
    certificates,
    curriculum as curricula,
    lessons,
    mentoring,
    postponed,
    practices,
    prerequisites,
    recall,
    signing,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def lead():
    return person(duties=("community_lead",))


def test_a_lesson_counts_as_read_after_a_quarter_of_its_minutes_and_the_button_opens_by_itself(settings):
    settings.READING_PERCENT = 25
    user, lesson = person(), Lesson.objects.for_list().get(code="1.1")
    client, page = signed_in(user), reverse("training:lesson_detail", args=["1.1"])
    now = clock.now()
    wait = timedelta(minutes=lesson.version.minutes) / 4
    for question in Question.objects.current().filter(lesson=lesson, use="check"):
        right = scoring.right_response(question.kind, question.answer)
        lessons.answer_check(lesson, question, response=right, by=user)
    with pytest.raises(Refused, match="opened it a moment ago"):
        lessons.complete(lesson, by=user)
    shown = client.get(page).content.decode()
    assert "?part=finish" in shown and "answers are kept" in shown
    assert CheckAnswer.objects.filter(user=user, right_at__isnull=False).exists()
    LessonReading.objects.update(opened_at=now - wait + timedelta(seconds=30))
    assert client.post(reverse("training:lesson_complete", args=["1.1"])).status_code == 403
    assert not LessonProgress.objects.exists()
    LessonReading.objects.update(opened_at=now - wait)
    fragment = client.get(page, {"part": "finish"}).content.decode()
    assert "Mark as finished" in fragment and "disabled" not in fragment
    client.get(page)  # opening it again does not begin anew
    lessons.complete(lesson, by=user)
    LessonReading.objects.all().delete()
    assert lessons.complete(lesson, by=user)  # what is finished stays finished


def fail_three_times(user):
    """Three failed attempts with their waits; returns the moment of the last."""
    finish_lessons(user)
    moment = clock.now() - timedelta(days=14)
    for number, days in enumerate((0, 2, 6)):
        at = moment + timedelta(days=days)
        with clock.at(at):
            assert not take(user, right=lambda row: row.position % 3 == 0, seed=f"seed {number}").passed
    return at


def test_after_a_third_failure_the_weakest_lessons_are_practised_before_the_next_attempt():
    user = person()
    last = fail_three_times(user)
    exam = Path.objects.get(code=CITIZEN).exam
    with clock.at(last + timedelta(days=6)):
        assert rules.may_start(user, exam).code == "too_early"
    found = remedies.remedy(user, exam)
    assert 0 < len(found.chapters) <= 5 and not found.is_done
    verdict = rules.may_start(user, exam)
    assert verdict.code == "remedy_open" and found.chapters[0].lesson.code in str(verdict.reason)
    page = signed_in(user).get(reverse("training:exam_detail", args=[exam.code])).content.decode()
    assert "Before the next attempt" in page and found.chapters[0].lesson.title in page
    for chapter in found.chapters:
        practice = practices.start(chapter.lesson, by=user)
        assert not rules.may_start(user, exam)
        for row in practice.answers.select_related("question"):
            given = scoring.right_response(row.question.kind, row.question.key_for(row.order))
            practices.answer(practice, position=row.position, response=given, by=user)
    assert rules.may_start(user, exam)
    assert attempts.start(exam, by=user).state == "open"


def test_a_talk_with_the_mentor_stands_in_place_of_the_list():
    user, mentor = person(), person(rights=(Right.LAUNCH_AUTOML,))
    fail_three_times(user)
    exam = Path.objects.get(code=CITIZEN).exam
    asked = mentoring.ask(mentoring.offer(topics="All", capacity=1, by=mentor), aim="Help", by=user)
    mentoring.accept(asked, by=mentor)
    with pytest.raises(Refused, match="mentor notes"):
        mentoring.note_talk(asked, by=user)
    assert rules.may_start(user, exam).code == "remedy_open"
    mentoring.note_talk(asked, by=mentor)
    assert Mentorship.objects.get().talked_at and rules.may_start(user, exam)


def test_the_short_exam_spreads_twelve_questions_and_renews_what_ends():
    whole = [{"objective": name, "count": 2} for name in "abcdefghijkl"]
    drawn = short_exams.blueprint([*whole, {"objective": "z", "count": 6}], {"z"})
    assert sum(row["count"] for row in drawn) == 12 and {"objective": "z", "count": 2} in drawn
    assert short_exams.minutes(30, 30) == 12 and short_exams.minutes(15, 10) == 15
    user = person()
    first = certified(user, OWNER)
    exam = first.template.path.exam
    with pytest.raises(Refused, match="renews a certificate in its last"):
        attempts.start(exam, is_short=True, by=user)
    with clock.at(first.valid_until - timedelta(days=20)):
        page = signed_in(user).get(reverse("training:exam_detail", args=[exam.code])).content.decode()
        assert "Begin the short exam" in page
        attempt = attempts.start(exam, is_short=True, by=user, seed="short")
        assert attempt.answers.count() == min(12, exam.size) and attempt.is_short
        assert attempt.deadline - attempt.started_at <= timedelta(minutes=exam.minutes)
        answer_all(attempt)
        attempts.submit(attempt, by=user)
    second = Certificate.objects.get(user=user, spell=2)
    assert second.evidence[0]["kind"] == "short_exam" and second.renews == first
    with clock.at(second.valid_from + timedelta(days=1)):
        shown = signed_in(user).get(reverse("training:certificate_detail", args=[second.pk]))
    assert "A short exam passed" in shown.content.decode()


def test_a_wrong_answer_in_practice_comes_back_tomorrow_and_counts_for_no_renewal():
    user = person()
    practice = practices.start(Path.objects.get(code=CITIZEN), by=user, seed="s")
    rows = list(practice.answers.select_related("question"))
    row = next(each for each in rows if each.question.kind in {"single", "numeric"})
    right = scoring.right_response(row.question.kind, row.question.key_for(row.order))
    wrong = {"number": "987654"}
    if "choice" in right:
        options = [each["key"] for each in row.question.content["options"]]
        wrong = {"choice": next(each for each in options if each != right["choice"])}
    for _twice in range(2):
        practices.answer(practice, position=row.position, response=wrong, by=user)
    card = RecallCard.objects.get()
    assert card.certificate is None and card.question == row.question
    with pytest.raises(Refused, match="comes back on"):
        recall.answer(card, response=right, by=user)
    with clock.at(card.due_at):
        client = signed_in(user)
        assert "From your practice" in client.get(reverse("training:recall")).content.decode()
        assert recall.answer(card, response=right, by=user).is_right
        assert not RecallCard.objects.visible_to(user).due().exists()
    certificate = certified(user)
    assert rules.recall_standing(certificate).cards == certificate.cards.count()


def test_the_manager_hears_that_a_certificate_ends_and_nobody_names_themselves():
    user, manager = person("Ada Holder"), person("Max Manager")
    with pytest.raises(ValidationError, match="not yourself"):
        people.update_profile(user, manager=user, by=user)
    people.update_profile(user, manager=manager, by=user)
    certificate = certified(user, OWNER)
    with clock.at(certificate.valid_until - timedelta(days=29)):
        assert certificates.warn_expiring() == 1
        assert certificates.warn_expiring() == 0
    told = [str(each) for each in Notice.objects.filter(user=manager)]
    assert len(told) == 1 and "Ada Holder" in told[0] and certificate.title in told[0]


def test_what_one_is_asked_to_learn_stands_on_my_learning_until_it_is_held():
    user, by = person(), lead()
    path = Path.objects.get(code=OWNER)
    assignments.assign(path, people=[user], due_on=clock.today() + timedelta(days=3), note="Please.", by=by)
    client, page = signed_in(user), reverse("training:home")
    shown = client.get(page).content.decode()
    assert "You were asked to learn" in shown and "3 days left" in shown and "Please." in shown
    with clock.at(clock.now() + timedelta(days=4)):
        assert "1 day late" in client.get(page).content.decode()
    certified(user, OWNER)
    assert "You were asked to learn" not in client.get(page).content.decode()


def test_an_address_that_only_takes_forms_is_never_where_one_comes_back_to():
    user = person()
    enrol, page = (reverse(f"training:{name}", args=[OWNER]) for name in ("path_enrol", "path_detail"))
    assert not addresses.can_be_opened(enrol) and addresses.nearest_page(enrol) == page
    assert postponed.keep(Right.LAUNCH_AUTOML, url=enrol, by=user).url == page
    client = Client()
    there = client.post(enrol)["Location"]
    answer = client.post(there, {"username": user.email, "password": PASSWORD}, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain[-1][0] == page


def chunks(picture):
    """Names and bodies of the chunks of a PNG, each with a right checksum."""
    place = 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        body = picture[place + 4 : place + 8 + length]
        assert struct.unpack(">I", picture[place + 8 + length : place + 12 + length])[0] == zlib.crc32(body)
        yield body[:4], body[4:]
        place += 12 + length


def test_the_pictures_of_a_badge_hold_the_signed_credential_where_verifiers_look():
    user = person()
    certificate = certificates.share(certified(user, OWNER), is_public=True, by=user)
    proof = signing.signed(certificate)
    answer = Client().get(reverse("verify:badge_png", args=[certificate.public_id]))
    assert answer["Content-Type"] == "image/png"
    found = list(chunks(answer.content))
    assert [name for name, _body in found][:2] == [b"IHDR", b"iTXt"] and found[-1][0] == b"IEND"
    assert found[1][1] == b"openbadgecredential\0\0\0\0\0" + proof.encode()
    drawing = Client().get(reverse("verify:badge_svg", args=[certificate.public_id])).content
    element = ET.fromstring(drawing).find("{https://purl.imsglobal.org/ob/v3p0}credential")  # noqa: S314  ours
    assert element is not None and element.get("verify") == proof
    with pytest.raises(ValueError, match="no PNG|not a PNG"):
        baking.baked_png(b"GIF89a", proof)
    certificates.share(certificate, is_public=False, by=user)
    for name in ("badge_png", "badge_svg"):
        assert Client().get(reverse(f"verify:{name}", args=[certificate.public_id])).status_code == 404


def rules_now():
    return [row.rule for row in Prerequisite.objects.all()]


def test_a_circle_is_refused_with_its_path_and_nothing_is_changed():
    by, before = lead(), rules_now()
    wrong = graph.Rule("lesson:5.1", graph.REQUIRES, ("lesson:5.3",))
    with pytest.raises(ValidationError) as problem:
        prerequisites.publish([*before, wrong], base=prerequisites.newest(), by=by)
    words = " ".join(problem.value.messages)
    assert words.count("Lesson 5.1") == 2 and "Lesson 5.3" in words and "→" in words
    assert rules_now() == before and PrerequisiteEdition.objects.count() == 1
    for node, kind, of, least in (
        ("lesson:9.9", "requires", ("lesson:1.1",), 0),
        ("lesson:1.1", "requires", ("lesson:1.1",), 0),
        ("lesson:1.2", "any_of", ("lesson:1.1",), 2),
        ("lesson:1.2", "perhaps", ("lesson:1.1",), 0),
        ("lesson:1.2", "requires", (), 0),
        ("lesson:1.1", "requires", (f"certificate:{CITIZEN}",), 0),
    ):
        with pytest.raises(ValidationError):
            prerequisites.publish([graph.Rule(node, kind, of, least)], base=prerequisites.newest(), by=by)
    with pytest.raises(Refused):
        prerequisites.publish(before, base=1, by=person(duties=("auditor",)))
    assert rules_now() == before


def test_the_graph_is_edited_on_its_page_and_an_edition_of_the_studio_outlives_a_start(curriculum):
    by = lead()
    client, page = signed_in(by), reverse("training:prerequisite_list")
    base, count = prerequisites.newest(), Prerequisite.objects.count()
    form = {"node": "lesson:8.2", "kind": "requires", "of": ["lesson:8.1"], "base": base, "note": "In order"}
    assert client.post(page, form).status_code == 302
    assert Prerequisite.objects.count() == count + 1
    stale = client.post(page, {**form, "node": "lesson:8.3"})
    assert stale.status_code == 409 and "Somebody else changed this" in stale.content.decode()
    circle = client.post(page, {**form, "node": "lesson:8.1", "of": ["lesson:8.2"], "base": base + 1})
    assert circle.status_code == 422 and "This would be a circle" in circle.content.decode()
    assert "?edit=0" in client.get(page).content.decode()
    assert signed_in(person(duties=("auditor",))).post(page, form).status_code == 403
    curricula.load(by=None)
    assert Prerequisite.objects.filter(node="lesson:8.2").exists()
    place = Prerequisite.objects.get(node="lesson:8.2").position
    client.post(page, {"act": "remove", "position": place, "base": base + 1})
    assert Prerequisite.objects.count() == count and prerequisites.newest() == base + 2
    with pytest.raises(IllegalMove):
        prerequisites.publish(rules_now(), base=base, by=by)
    api = client.post("/api/prerequisites/", {"base": base + 2, "rules": []}, content_type="application/json")
    assert api.status_code == 201 and not Prerequisite.objects.exists()
