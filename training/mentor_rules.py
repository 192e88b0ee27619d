"""Who may be a mentor, ask for one, accept, and supervise whose project; each answer with reason and remedy."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import Credential, User
from portal.core.models.credentials import Right
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import SquadMember, UseCase
from training import rules
from training.models import MentorOffer, Mentorship

CERTIFIED = (Right.LAUNCH_AUTOML, Right.APPROVE_MODEL)
State = Mentorship.State
ENDED = (UseCase.Phase.DECLINED, UseCase.Phase.DUPLICATE, UseCase.Phase.STOPPED, UseCase.Phase.RETIRED)


def is_certified(user: User) -> bool:
    """Holds a right of level two or three now."""
    return Credential.objects.valid().filter(user=user, code__in=CERTIFIED).exists()


def may_offer(user: User, _thing: object = None) -> Verdict:
    """People who hold the certificate of a citizen data scientist or of a reviewer."""
    return first_no(
        rules.may_learn(user, None),
        YES
        if is_certified(user)
        else no(
            _("Mentors hold a valid certificate as citizen data scientist or model reviewer."),
            _("See how to earn it"),
            reverse("training:right", args=[Right.LAUNCH_AUTOML]),
            "not_certified",
        ),
    )


def may_ask(user: User, offer: MentorOffer) -> Verdict:
    """Everybody but oneself, while the mentor takes requests and has a free place."""
    return first_no(
        rules.may_learn(user, None), is_another(user, offer), takes_requests(offer), has_room(offer)
    )


def is_another(user: User, offer: MentorOffer) -> Verdict:
    """Nobody accompanies themselves."""
    return no(_("This is your own offer."), code="mentor.own_offer") if offer.mentor_id == user.pk else YES


def takes_requests(offer: MentorOffer) -> Verdict:
    """The offer is open and its mentor still certified."""
    others = _("See the other mentors"), reverse("training:mentor_list")
    if not offer.is_open or not offer.mentor.is_active:
        return no(
            _("This mentor takes no requests at the moment."), *others, code="mentor.takes_no_requests_at"
        )
    if not is_certified(offer.mentor):
        return no(_("This mentor's certificate has ended."), *others, code="mentor.certificate_has_ended")
    return YES


def has_room(offer: MentorOffer) -> Verdict:
    """Fewer people than places."""
    if Mentorship.objects.active().filter(mentor_id=offer.mentor_id).count() < offer.capacity:
        return YES
    return no(
        _("All places of this mentor are taken."),
        _("See the other mentors"),
        reverse("training:mentor_list"),
        "no_room",
    )


def may_supervise(learner: User, mentor: User, use_case: UseCase) -> Verdict:
    """The learner works on the project, the mentor sees it, and it is still alive."""
    if not UseCase.objects.visible_to(learner).filter(pk=use_case.pk).exists():
        return no(_("This project is not one that you see."), code="mentor.project_not_one_see")
    if not works_on(learner, use_case):
        return no(
            _("A mentor supervises a project that you work on; you are not in this squad."),
            _("Ask without a project, or join the squad first."),
            code="mentor.supervises_project_work_on",
        )
    if use_case.phase in ENDED:
        return no(_("This project is over."), _("Ask without a project."), code="mentor.project_over")
    if not UseCase.objects.visible_to(mentor).filter(pk=use_case.pk).exists():
        return no(
            _("This project is confidential and your mentor does not see it."),
            _("Ask its product owner to take them into the squad as mentor."),
            code="mentor_blind",
        )
    return YES


def works_on(user: User, use_case: UseCase) -> bool:
    """In the squad now, or its product owner."""
    squad = SquadMember.objects.current().filter(use_case=use_case, user=user)
    return use_case.product_owner_id == user.pk or squad.exists()


def may_accept(user: User, mentorship: Mentorship) -> Verdict:
    """The mentor asked, while certified, with a free place, and still able to see the project."""
    if mentorship.mentor_id != user.pk:
        return no(_("Only the mentor who was asked answers."), code="mentor.answer_not_yours")
    offer = MentorOffer.objects.filter(mentor=user).first()
    verdicts = [in_state(mentorship, State.ASKED), may_offer(user)]
    if offer:
        verdicts.append(has_room(offer))
    if mentorship.use_case:
        verdicts.append(may_supervise(mentorship.learner, user, mentorship.use_case))
    return first_no(*verdicts)


def may_decline(user: User, mentorship: Mentorship) -> Verdict:
    """The mentor asked."""
    if mentorship.mentor_id != user.pk:
        return no(_("Only the mentor who was asked answers."), code="mentor.answer_not_yours")
    return in_state(mentorship, State.ASKED)


def may_withdraw(user: User, mentorship: Mentorship) -> Verdict:
    """Whoever asked, before the answer."""
    if mentorship.learner_id != user.pk:
        return no(_("Only whoever asked takes the request back."), code="mentor.withdraw_not_yours")
    return in_state(mentorship, State.ASKED)


def may_end(user: User, mentorship: Mentorship) -> Verdict:
    """Either of the two, at any time and without a reason."""
    if user.pk not in {mentorship.mentor_id, mentorship.learner_id}:
        return no(_("The two people end it."), code="mentor.end_not_yours")
    return in_state(mentorship, State.ACTIVE)


def may_note_talk(user: User, mentorship: Mentorship) -> Verdict:
    """The mentor, while it is under way: a talk counts for the next attempt at an exam."""
    if mentorship.mentor_id != user.pk:
        return no(_("The mentor notes a talk."), code="mentor.note_talk_not_yours")
    return in_state(mentorship, State.ACTIVE)


def in_state(mentorship: Mentorship, state: str) -> Verdict:
    """Still where the act leads from."""
    if mentorship.state == state:
        return YES
    return no(
        _("This is not possible any more: it is “%(state)s”.") % {"state": mentorship.get_state_display()},
        code="mentor.not_possible_any_more",
    )
