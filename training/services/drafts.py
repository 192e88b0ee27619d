"""The studio: keys are shown to authors only, drafts become questions, files come in and go out."""

from collections.abc import Iterable
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import content_lint, moodle, studio_rules
from training.models import KeySight, Lesson, Objective, Question, QuestionDraft
from training.models.publications import LONGEST_DRAFT
from training.question_files import QuestionFile, read_entry
from training.services import publications
from training.services.publications import Change

MOST_IMPORTED = 200


def parsed(text: str) -> QuestionFile:
    """A draft as a question. Raises `ValidationError` with the line or the field, and what to do."""
    entry = loaded(text)
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]
    homes = dict(Objective.objects.values_list("code", "lesson_code"))
    try:
        question = read_entry(entry, homes, str(entry.get("uid", "")) if isinstance(entry, dict) else "")
    except ValueError as problem:
        raise ValidationError({"text": str(problem)}) from None
    wrong = list(content_lint.options(question))
    if question.use not in Question.Use.values:
        wrong.append(f"use: {', '.join(Question.Use.values)}")
    if not Lesson.objects.filter(code=question.lesson).exists():
        wrong.append(f"no such lesson: {question.lesson}")
    if wrong:
        raise ValidationError({"text": wrong})
    return question


def loaded(text: str) -> Any:
    """What the YAML says, or the line that cannot be read."""
    if len(text) > LONGEST_DRAFT:
        raise ValidationError({"text": _("Use %(most)s characters or fewer.") % {"most": LONGEST_DRAFT}})
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        told = {
            "line": mark.line + 1 if mark else 1,
            "problem": getattr(problem, "problem", "") or str(problem),
        }
        raise ValidationError({"text": _("Line %(line)s: %(problem)s") % told}) from None
    except (ValueError, RecursionError) as problem:
        raise ValidationError({"text": str(problem)}) from None


def as_yaml(entry: Any) -> str:
    """An entry as an author writes it."""
    return str(yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=110))


@transaction.atomic
def see_keys(questions: Iterable[Question], *, by: User) -> int:
    """
    Show the answers of questions to an author. Exams of this person never ask them again.

    Returns how many exam questions the person had not seen before.
    """
    require(studio_rules.may_write(by))
    uids = {each.uid for each in questions if each.use == Question.Use.EXAM}
    new = uids - set(KeySight.objects.filter(user=by, uid__in=uids).values_list("uid", flat=True))
    KeySight.objects.bulk_create([KeySight(user=by, uid=uid) for uid in sorted(new)], ignore_conflicts=True)
    if new:
        audit.record("question_keys.seen", by, by=by, questions=sorted(new))
    return len(new)


@transaction.atomic
def begin(*, text: str, note: str = "", by: User) -> QuestionDraft:
    """Begin a draft; it need not be complete yet, but it is a question of this kind."""
    require(studio_rules.may_write(by))
    question = parsed(text)
    draft = QuestionDraft.objects.create(uid=question.uid, text=text, note=note[:300], author=by)
    audit.record("question_draft.begun", draft, by=by)
    return draft


@transaction.atomic
def change(draft: QuestionDraft, *, text: str, note: str = "", by: User) -> QuestionDraft:
    """Keep a changed draft."""
    require(studio_rules.may_change_draft(by, draft))
    question = parsed(text)
    draft.uid, draft.text, draft.note = question.uid, text, note[:300]
    draft.save(update_fields=["uid", "text", "note"])
    audit.record("question_draft.changed", draft, by=by)
    return draft


@transaction.atomic
def hand_in(draft: QuestionDraft, *, by: User) -> QuestionDraft:
    """Ask a second person to read it."""
    require(studio_rules.may_change_draft(by, draft))
    parsed(draft.text)
    QuestionDraft.LIFE.move(draft, "hand_in")
    audit.record("question_draft.handed_in", draft, by=by)
    leads = User.objects.filter(groups__name=Duty.COMMUNITY_LEAD, is_active=True)
    notices.tell(
        leads,
        text=N_("%(who)s asks you to read the question “%(uid)s”."),
        url=reverse("training:draft_detail", args=[draft.pk]),
        icon="inbox",
        by=by,
        who=by.display_name,
        uid=draft.uid,
    )
    return draft


@transaction.atomic
def send_back(draft: QuestionDraft, *, remark: str, by: User) -> QuestionDraft:
    """Return a draft to its author with what should change."""
    require(studio_rules.may_publish_draft(by, draft))
    if not 0 < len(remark.strip()) <= 500:  # noqa: PLR2004
        raise ValidationError({"remark": _("Say what should change, in 500 characters at most.")})
    QuestionDraft.LIFE.move(draft, "send_back", reviewer=by, remark=remark.strip())
    audit.record("question_draft.sent_back", draft, by=by, remark=remark.strip())
    notices.tell(
        [draft.author],
        text=N_("Your question “%(uid)s” came back: %(remark)s"),
        url=reverse("training:draft_detail", args=[draft.pk]),
        icon="inbox",
        by=by,
        uid=draft.uid,
        remark=remark.strip(),
    )
    return draft


@transaction.atomic
def drop(draft: QuestionDraft, *, by: User) -> QuestionDraft:
    """Put a draft aside."""
    require(studio_rules.may_write(by))
    QuestionDraft.LIFE.move(draft, "drop")
    audit.record("question_draft.dropped", draft, by=by)
    return draft


@transaction.atomic
def publish(draft: QuestionDraft, *, by: User) -> Question:
    """
    Make a draft the present version of its question. Attempts keep the version they were drawn with.

    Raises `ValidationError` for an exam question nobody but its author has read.
    """
    require(studio_rules.may_publish_draft(by, draft))
    file = parsed(draft.text)
    if file.use == Question.Use.EXAM and by.pk == draft.author_id:
        raise ValidationError(
            _("An exam question needs a second reader. Hand it in, and another community lead publishes it."),
            code="second_reader",
        )
    rows = Question.objects.filter(uid=file.uid)
    old = rows.current().first()
    last = rows.aggregate(last=Max("version"))["last"] or 0
    rows.current().update(is_current=False)
    question = Question.objects.create(
        uid=file.uid,
        version=last + 1,
        kind=file.kind,
        use=file.use,
        objective=Objective.objects.get(code=file.objective),
        lesson=Lesson.objects.get(code=file.lesson),
        is_must_know=file.is_must_know,
        content=file.content,
        answer=file.answer,
        feedback=file.feedback,
        digest=file.digest,
        written=file.written,
        source=Question.Source.STUDIO,
    )
    QuestionDraft.LIFE.move(draft, "publish", question=question, reviewer=by)
    see_keys([question], by=by)
    see_keys([question], by=draft.author)
    change = Change("question", file.uid, old.version if old else 0, question.version)
    publications.keep([change], note=draft.note or file.uid, by=by)
    audit.record("question.published", question, by=by, version=question.version, author=draft.author_id)
    return question


@transaction.atomic
def bring_in(
    text: str, *, form: str, objective: str, use: str, by: User
) -> tuple[list[QuestionDraft], list[str]]:
    """
    Questions from YAML or Moodle XML become drafts; returns them and what was left out and why.

    Raises `ValidationError` where the text cannot be read at all. Nothing is published by this.
    """
    require(studio_rules.may_write(by))
    entries, left = entries_of(text, form=form, objective=objective, use=use)
    if len(entries) > MOST_IMPORTED:
        raise ValidationError({"text": _("At most %(most)s questions at once.") % {"most": MOST_IMPORTED}})
    drafts = []
    for place, entry in enumerate(entries, start=1):
        name = str(entry.get("uid", place)) if isinstance(entry, dict) else str(place)
        try:
            drafts.append(begin(text=as_yaml(entry), note=_("Imported"), by=by))
        except ValidationError as problem:
            left.append(f"{name}: {' '.join(problem.messages)}")
    audit.record("questions.imported", by, by=by, drafts=len(drafts), left_out=len(left), form=form)
    return drafts, left


def entries_of(text: str, *, form: str, objective: str, use: str) -> tuple[list[Any], list[str]]:
    """The entries of a file."""
    if form == "moodle":
        try:
            return moodle.read(text, objective=objective, use=use)
        except moodle.NotMoodle as problem:
            raise ValidationError({"text": str(problem)}) from None
    if len(text) > moodle.MOST_BYTES:
        raise ValidationError({"text": _("The text is too long; divide it.")})
    try:
        entries = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise ValidationError({"text": str(problem)}) from None
    if not isinstance(entries, list) or not entries:
        raise ValidationError({"text": _("Line 1: a bank is a list; begin each question with “- uid: …”.")})
    return entries, []


@transaction.atomic
def take_out(questions: list[Question], *, form: str, by: User) -> tuple[str, list[str]]:
    """The questions with their keys as YAML or Moodle XML, and the uids that the form has no kind for."""
    require(studio_rules.may_write(by))
    see_keys(questions, by=by)
    entries = [question.written for question in questions if question.written]
    audit.record("questions.exported", by, by=by, questions=len(entries), form=form)
    return moodle.export(entries) if form == "moodle" else (as_yaml(entries), [])
