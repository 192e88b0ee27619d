"""The studio: questions are written, published by a second reader, taken back, and travel to Moodle."""

import pytest
import yaml
from django.core.exceptions import ValidationError

from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from tests.people import person
from tests.training.learners import CITIZEN, begin
from tests.training.studio_scene import address, lead, ready, signed_in
from training import moodle
from training.models import KeySight, LessonVersion, Publication, Question, QuestionDraft
from training.services import curriculum as curricula, drafts, publications

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]

QUESTION = """
uid: my-own
kind: single
use: {use}
objective: known-when
stem: {{en: "Q?", fr: "Q ?"}}
options:
  - {{key: a, right: true, en: "Yes", fr: "Oui"}}
  - {{key: b, en: "No", fr: "Non"}}
feedback: {{en: "Because.", fr: "Parce que."}}
"""


def test_an_exam_question_is_published_by_a_second_reader_and_stays_when_files_are_loaded():
    author, second = lead(), lead()
    draft = drafts.begin(text=QUESTION.format(use="exam"), by=author)
    with pytest.raises(ValidationError, match="second reader"):
        drafts.publish(draft, by=author)
    drafts.hand_in(draft, by=author)
    with pytest.raises(Refused, match="second person"):
        drafts.publish(draft, by=author)
    assert not Question.objects.filter(uid="my-own").exists()
    drafts.send_back(draft, remark="Say it shorter.", by=second)
    drafts.hand_in(draft, by=author)

    question = drafts.publish(draft, by=second)

    assert (question.version, question.source) == (1, "studio")
    assert KeySight.objects.filter(uid="my-own").count() == 2
    curricula.load(by=None)
    assert Question.objects.current().filter(uid="my-own").exists()
    with pytest.raises(Refused):
        drafts.begin(text=QUESTION.format(use="practice"), by=person())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: single", "kind: [", "Line "),
        ("kind: single", "kind: essay", "no such kind: essay"),
        ("known-when", "magic", "no such objective: magic"),
        ("use: practice", "use: homework", "use: check, practice, exam"),
        ("right: true, ", "", "exactly one option is right"),
        ('en: "No"', 'en: "None of the above"', "does not survive shuffling"),
        ('fr: "Q ?"', 'de: "Q?"', "no text in fr"),
        ("uid: my-own", "uid: My own!", "small letters"),
        ("options:", "optionen:", "options"),
        ("uid:", "- uid:", ""),
    ],
)
def test_a_draft_with_a_mistake_is_refused_with_where_and_what(old, new, message):
    text = QUESTION.format(use="practice").strip()
    assert old in text
    with pytest.raises(ValidationError) as refused:
        drafts.begin(text=text.replace(old, new, 1), by=lead())
    assert message in " ".join(refused.value.messages)
    assert not QuestionDraft.objects.exists()


def test_a_publication_is_taken_back_to_the_versions_before_it():
    author = lead()
    before = Question.objects.current().get(uid="p-leak-word")
    text = yaml.safe_dump({**before.written, "stem": {"en": "New?", "fr": "Nouveau ?"}}, allow_unicode=True)
    after = drafts.publish(drafts.begin(text=text, note="Clearer words", by=author), by=author)
    publication = Publication.objects.get(note="Clearer words")

    publications.revert(publication, by=author)

    assert Question.objects.current().get(uid="p-leak-word") == before
    assert AuditEvent.objects.filter(verb="publication.reverted").count() == 1
    with pytest.raises(Refused, match="taken back already"):
        publications.revert(publication, by=author)
    curricula.load(by=None)
    assert Question.objects.current().get(uid="p-leak-word") == before and after.version == 2
    first = Publication.objects.filter(note="").last()
    assert first.entries.filter(kind="lesson").count() == 42 and LessonVersion.objects.count() == 42


def test_questions_travel_to_moodle_and_back():
    author = lead()
    bank = list(Question.objects.current().filter(objective__course__code="C5", use="exam"))
    text, left = drafts.take_out(bank, form="moodle", by=author)
    assert {q.uid for q in bank if q.kind == "true_false"} == set(left)

    made, missing = drafts.bring_in(text, form="moodle", objective="known-when", use="practice", by=author)

    assert not missing and len(made) == len(bank) - len(left)
    by_uid = {question.uid: question for question in bank}
    for draft in made:
        again, first = drafts.parsed(draft.text), by_uid[draft.uid]
        assert again.kind == first.kind
        assert again.content["stem"]["fr"].split() == first.content["stem"]["fr"].split()
        texts = {each["text"]["en"] for each in again.content.get("options", [])}
        assert texts == {each["text"]["en"] for each in first.content.get("options", [])}
    text, _left = drafts.take_out(bank[:3], form="yaml", by=author)
    assert [each["uid"] for each in yaml.safe_load(text)] == [each.uid for each in bank[:3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<quiz>", "line 1"),
        ("<html></html>", "not <quiz>"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><quiz/>', "document type"),
        ("x" * 1_000_001, "divide the file"),
    ],
)
def test_what_is_no_moodle_export_is_refused(text, message):
    with pytest.raises(moodle.NotMoodle, match=message):
        moodle.read(text, objective="known-when", use="practice")


def test_learners_find_the_studio_closed_and_no_key_in_any_page_of_an_exam():
    user = ready()
    client = signed_in(user)
    attempt = begin(user)
    for name, *args in (
        ("studio",),
        ("question_list",),
        ("question_detail", "c5-duplicates"),
        ("cohort",),
        ("register",),
    ):
        assert client.get(address(name, *args)).status_code == 403
    assert client.post(address("question_key", "c5-duplicates")).status_code == 403
    assert client.post(address("question_export"), {"course": "C5"}).status_code == 403
    for row in attempt.answers.select_related("question"):
        page = client.get(f"{address('attempt', attempt.pk)}?q={row.position}").content.decode()
        assert row.question.explanation not in page
        for word in ("right", "correct", "juste"):
            assert f"data-{word}" not in page


def test_an_author_works_in_the_studio_from_page_to_page():
    author = lead()
    client = signed_in(author)
    bank = Question.objects.current().get(uid="c5-duplicates")
    page = client.get(address("question_detail", bank.uid)).content.decode()
    assert "Show the answer" in page and bank.explanation not in page
    client.post(address("question_key", bank.uid))
    assert bank.explanation in client.get(address("question_detail", bank.uid)).content.decode()
    for name in (
        "studio",
        "question_list",
        "publication_list",
        "cohort",
        "register",
        "question_import",
        "draft_new",
    ):
        assert client.get(address(name)).status_code == 200, name
    assert client.get(address("exam_measure", CITIZEN)).status_code == 200
    assert client.get(address("lesson_versions", "5.3")).status_code == 200
    text = QUESTION.format(use="practice")
    seen = client.post(address("draft_new"), {"text": text, "act": "preview"}).content.decode()
    assert "They get" in seen and not QuestionDraft.objects.exists()
    assert client.post(address("draft_new"), {"text": "kind: [", "act": "keep"}).status_code == 422
    kept = client.post(address("draft_new"), {"text": text, "act": "keep"})
    draft = QuestionDraft.objects.get()
    assert client.get(kept.url).status_code == 200
    client.post(address("draft_act", draft.pk, "publish"))
    assert Question.objects.current().get(uid="my-own").source == "studio"
    client.post(address("question_edit", "my-own"))
    assert QuestionDraft.objects.filter(state="draft").count() == 1
    assert b"System" in client.get(address("register") + "?format=csv").content
