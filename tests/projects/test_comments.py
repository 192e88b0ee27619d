"""Discussion: mentions reach those who may see, reactions toggle, words change and go, people choose what they hear."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings, strategies as st

from portal.core.models import Notice
from portal.core.verdicts import Refused
from projects.models import Comment, CommentReaction, Watch
from projects.selectors import comments as reads, watching as watchers
from projects.services import comments, phases, watching
from tests.people import person
from tests.projects.cases import in_backlog, join

db = pytest.mark.django_db


def handle(user):
    """What mentions somebody."""
    return f"@{user.email.split('@')[0]}"


def kinds(user):
    """Kinds of the notices somebody got, oldest first."""
    return list(Notice.objects.filter(user=user).order_by("created_at").values_list("kind", flat=True))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_no_text_breaks_the_search_for_mentions(text):
    assert all(each == each.lower() and not each.startswith("@") for each in watchers.handles(text))


def test_an_address_is_no_mention_and_a_word_after_an_at_sign_is():
    text = "mail me@example.org, ask @ana.b and (@Bo) or @cy@example.org."

    assert watchers.handles(text) == ["ana.b", "bo", "cy@example.org"]


@db
def test_a_mention_tells_once_and_before_the_comment():
    use_case = in_backlog()
    ana = person("Ana")

    comments.add(use_case, text=f"What do you think, {handle(ana)}?", by=use_case.submitter)

    assert kinds(ana) == ["mention"]
    assert kinds(use_case.product_owner)[-1] == "comment"
    assert list(Comment.objects.get().mentioned.all()) == [ana]


@db
def test_somebody_who_cannot_see_the_use_case_is_not_mentioned_in_vain():
    use_case = in_backlog(is_confidential=True)
    outside, inside = person("Out"), join(use_case, "designer").user

    with pytest.raises(ValidationError, match="cannot see"):
        comments.add(use_case, text=f"{handle(outside)} look", by=use_case.product_owner)
    assert not Comment.objects.exists()
    assert kinds(outside) == []

    comments.add(use_case, text=f"{handle(inside)} look, @nobody.knows", by=use_case.product_owner)
    assert kinds(inside)[-1] == "mention"
    assert outside not in watchers.offered(use_case, "Out")
    assert watchers.offered(use_case, inside.display_name[:4])[0] == inside


@db
def test_watching_decides_who_hears_of_comments_and_decisions():
    use_case = in_backlog()
    everything, decisions, nothing = person(), person(), use_case.submitter
    watching.watch(use_case, level="all", by=everything)
    watching.watch(use_case, level="decisions", by=decisions)
    watching.watch(use_case, level="none", by=nothing)
    before = len(kinds(nothing))

    comments.add(use_case, text="Hello", by=use_case.product_owner)
    assert (kinds(everything), kinds(decisions)) == (["comment"], [])

    phases.stop(use_case, reason="x", lessons="y", by=use_case.product_owner)
    assert (kinds(everything), kinds(decisions)) == (["comment", "decision"], ["decision"])
    assert len(kinds(nothing)) == before

    comments.add(use_case, text=f"{handle(nothing)}?", by=use_case.product_owner)
    assert kinds(nothing)[-1] == "mention"


@db
def test_a_level_is_chosen_changed_and_given_up():
    use_case, ana = in_backlog(), person()

    with pytest.raises(ValidationError, match="levels"):
        watching.watch(use_case, level="loud", by=ana)
    with pytest.raises(Refused):
        watching.watch(use_case, level="all", by=person(duties=("auditor",)))
    assert not Watch.objects.exists()
    for level in ("all", "none", ""):
        watching.watch(use_case, level=level, by=ana)
        assert watchers.level_of(ana, use_case) == level
    assert not Watch.objects.exists()


@db
def test_who_no_longer_sees_it_hears_no_more():
    use_case = in_backlog()
    ana = person()
    watching.watch(use_case, level="all", by=ana)
    use_case.is_confidential = True
    use_case.save(update_fields=["is_confidential"])

    comments.add(use_case, text="Between us", by=use_case.product_owner)

    assert kinds(ana) == []


@db
def test_the_author_changes_a_comment_and_only_the_newly_mentioned_hear():
    use_case = in_backlog()
    ana, bo = person("Ana"), person("Bo")
    said = comments.add(use_case, text=f"{handle(ana)} hello", by=use_case.submitter)

    with pytest.raises(Refused):
        comments.edit(said, text="forged", by=use_case.product_owner)
    with pytest.raises(ValidationError):
        comments.edit(said, text=" ", by=use_case.submitter)
    said.refresh_from_db()
    assert said.edited_at is None
    comments.edit(said, text=f"{handle(ana)} {handle(bo)} hello", by=use_case.submitter)

    assert (kinds(ana), kinds(bo)) == (["mention"], ["mention"])
    assert Comment.objects.get().edited_at is not None


@db
def test_a_withdrawn_comment_keeps_its_place_and_loses_its_words():
    use_case = in_backlog()
    said = comments.add(use_case, text="Wrong", by=use_case.submitter)

    with pytest.raises(Refused):
        comments.withdraw(said, by=use_case.product_owner)
    comments.withdraw(said, by=use_case.submitter)

    assert Comment.objects.get().text == ""
    for act in (
        lambda: comments.edit(said, text="again", by=use_case.submitter),
        lambda: comments.react(said, kind="agree", by=person()),
    ):
        with pytest.raises(Refused, match="withdrawn"):
            act()


@db
def test_a_reaction_stands_until_it_is_taken_away():
    use_case, ana = in_backlog(), person("Ana")
    said = comments.add(use_case, text="Hello", by=use_case.submitter)

    assert comments.react(said, kind="agree", by=ana) is True
    assert comments.react(said, kind="thanks", by=ana) is True
    [talk] = reads.talk(use_case, ana)
    assert [(sign.kind, sign.is_mine) for sign in talk.signs if sign.people] == [
        ("thanks", True),
        ("agree", True),
    ]
    assert comments.react(said, kind="agree", by=ana) is False
    with pytest.raises(ValidationError, match="not known"):
        comments.react(said, kind="rage", by=ana)
    assert CommentReaction.objects.count() == 1


@db
def test_a_long_discussion_asks_a_constant_number_of_queries(django_assert_max_num_queries):
    use_case = in_backlog()
    for number in range(6):
        said = comments.add(use_case, text=f"word {number}", by=use_case.submitter)
        comments.react(said, kind="seen", by=use_case.product_owner)

    reader = person()
    with django_assert_max_num_queries(6):
        assert len(reads.talk(use_case, reader)) == 6
