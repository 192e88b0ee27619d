"""One small organisation, made by the real services: a project everybody may see and one that is confidential."""

from datetime import timedelta
from types import SimpleNamespace as Side
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.models import ApprovalRequest
from governance.services import (
    aliases,
    batches,
    benefits,
    comparisons,
    deployments,
    documents,
    drift,
    findings,
    models,
    threads,
)
from portal.core import clock, job_runner
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import jobs, notices, tokens
from projects.models import Experiment, Trial
from projects.services import (
    bundles,
    experiments,
    exports,
    gate_plans,
    imports,
    saved_views,
    use_cases,
)
from tests.access.brought import brought
from tests.access.communal import communal
from tests.access.experimented import another_trial, copied, data, experiment
from tests.access.framed import framed
from tests.access.library import shelved
from tests.access.practising import practised
from tests.access.proposed import accepted, cases, proposal
from tests.access.ranked import ranked
from tests.access.ruled import renewed, ruled
from tests.access.teamwork import teamwork
from tests.governance import factories as f
from tests.people import person
from tests.training import learners
from training import scoring
from training.models import Course, Lesson, Path, Publication, Question
from training.services import (
    assignments,
    community,
    curriculum,
    drafts,
    notes,
    placements,
    postponed,
    practices,
)

DUTIES = {
    "executive": Duty.EXECUTIVE,
    "auditor": Duty.AUDITOR,
    "administrator": Duty.ADMINISTRATOR,
    "portfolio_manager": Duty.PORTFOLIO_MANAGER,
    "it_engineer": Duty.IT_ENGINEER,
    "risk_officer": Duty.RISK_OFFICER,
    "finance_controller": Duty.FINANCE_CONTROLLER,
    "community_lead": Duty.COMMUNITY_LEAD,
}


def lesson_with_a_choice() -> dict[str, str]:
    """A lesson of the first exam's path with a check that one option answers rightly."""
    items = Path.objects.get(code=learners.CITIZEN).items.values("lesson")
    check = (
        Question.objects.current()
        .filter(lesson__in=items, use=Question.Use.CHECK, kind=Question.Kind.SINGLE)
        .first()
    )
    assert check is not None and check.lesson is not None
    right = scoring.right_response(check.kind, check.answer)
    return {"code": check.lesson.code, "check": check.uid, "choice": right["choice"]}


def session(user: User) -> str:
    """A session in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


class Organisation:
    """People by persona, and the two sides."""

    def __init__(self) -> None:
        curriculum.load(by=None)
        self.people: dict[str, User | None] = {"anon": None, "stranger": person("Sven Stranger")}
        self.people |= {
            name: person(name.title().replace("_", " "), duties=(duty,)) for name, duty in DUTIES.items()
        }
        self.people["reviewer"] = f.reviewer()
        self.open = self.project(mark="", is_confidential=False)
        self.hidden = self.project(mark="CANARY-", is_confidential=True)
        renewed("limited", self.people["risk_officer"], self.people["executive"])
        for side in (self.open, self.hidden):
            under_way(side)
        self.people |= {
            "author": self.open.author,
            "product_owner": self.open.owner,
            "member": self.open.member,
        }
        notices.tell(self.people.values(), text="Welcome", by=None)
        self.lesson = lesson_with_a_choice() | self.written()
        self.sessions = {name: session(user) for name, user in self.people.items() if user}

    def written(self) -> dict[str, str]:
        """What the studio holds: a publication, and the community lead's draft."""
        practised = Question.objects.current().get(uid="p-leak-word")
        draft = drafts.begin(text=drafts.as_yaml(practised.written), by=self.people["community_lead"])
        another = drafts.as_yaml({**practised.written, "uid": "p-another"})
        return {
            "publication": str(Publication.objects.all()[0].pk),
            "draft": str(draft.pk),
            "text": draft.text,
            "new_text": another,
        }

    def project(self, *, mark: str, is_confidential: bool) -> Side:
        """Everything a project can hold."""
        side = Side(
            mark=mark,
            is_confidential=is_confidential,
            manager=self.people["portfolio_manager"],
            **self.duty_holders(),
        )
        side.author, side.owner = person("Ana Author"), person("Olga Owner", rights=(Right.OWN_USE_CASE,))
        side.member, side.sponsor, side.friend = (
            person("Mia Member"),
            person("Stan Sponsor"),
            person("Fay Friend"),
        )
        side.other_owner = person("Otto Owner", rights=(Right.OWN_USE_CASE,))
        learned(side)
        cases(side)
        framed(side, proposal, accepted)
        data(side)
        shelved(side)
        looking(side)
        teamwork(side, accepted)
        experiment(side)
        governed(side)
        served(side)
        ruled(
            side,
            models.register(another_trial(side, 54), model=side.model, by=side.author),
            self.people["executive"],
        )
        helped(side)
        practised(side)
        communal(side, accepted)
        personal(side)
        ranked(side, accepted)
        brought(side)
        return side

    def duty_holders(self) -> dict[str, User | None]:
        """Those who judge both projects."""
        return {"reviewer": self.people["reviewer"], "risk": self.people["risk_officer"]}


def looking(side: Side) -> None:
    """Kept views of a person and of a squad, a planned gate, a file on its way in."""
    side.own_view = saved_views.keep(name=f"{side.mark}Mine", query="is=mine", layout="table", by=side.author)
    side.squad_view = saved_views.keep(
        name=f"{side.mark}Ours", query="", layout="board", scope="squad", use_case=side.main, by=side.owner
    )
    side.plan = gate_plans.plan(
        side.main, gate="G3", planned_on=clock.today() + timedelta(days=30), by=side.owner
    )
    content = f"id,title,problem\n{side.mark}1,{side.mark}Storms,Too late\n".encode()
    file = SimpleUploadedFile(f"{side.mark}cases.csv", content)
    side.brought = imports.send(file=file, source=f"{side.mark}jira", by=side.manager)
    side.tried = imports.send(file=file, source=f"{side.mark}excel", by=side.manager)
    job_runner.run_until_idle("quick")
    side.tried.refresh_from_db()
    imports.try_out(side.tried, mapping=side.tried.mapping, options={}, by=side.manager)
    job_runner.run_until_idle("quick")


def learned(side: Side) -> None:
    """The author earns the right to launch and sits another exam; the member is ready for the first."""
    side.certificate = learners.certified(side.author)
    side.graded = side.certificate.attempt
    side.card = side.certificate.cards.first()
    side.placement = placements.start(Course.objects.get(code="C8"), by=side.author)
    side.postponed = postponed.keep("model.approve", url="/experiments/", by=side.author)
    learners.finish_lessons(side.author, learners.OWNER)
    side.attempt = learners.begin(side.author, learners.OWNER)
    side.attempt.deadline += timedelta(
        days=1
    )  # the exam would run out on a slow machine before its turn comes
    side.attempt.save()
    learners.finish_lessons(side.member)
    side.practice = practices.start(
        Path.objects.get(code=learners.CITIZEN), by=side.author, seed="a fixed seed"
    )
    asked = side.practice.answers.select_related("question").get(position=1)
    side.response = scoring.right_response(asked.question.kind, asked.question.key_for(asked.order))
    lesson = Lesson.objects.for_list().get(code="5.3")
    side.problem = notes.report(lesson, text="A figure is wrong.", by=side.author)
    lead = person(duties=("community_lead",))
    path = Path.objects.get(code=learners.OWNER)
    due_on = clock.today() + timedelta(days=9)
    side.assignment = assignments.assign(path, people=[side.author], due_on=due_on, by=lead)[0]


def approved(side: Side, trial: Trial, model: Any = None) -> Any:
    """Registered, submitted, approved by the reviewer."""
    f.answers(trial.bundle_digest, trial.model_sha256)
    version = models.register(trial, model=model, name="" if model else f"{side.mark}Model", by=side.author)
    f.approve(models.submit(version, card=f.CARD, by=side.author), side.reviewer)
    version.refresh_from_db()
    return version


def governed(side: Side) -> None:
    """A champion, an approved successor, a review that waits, a candidate, and one of high risk."""
    side.champion = approved(side, side.experiment.trials.get(is_best=True))
    side.model = side.champion.model
    side.successor = approved(side, another_trial(side, 50), side.model)
    side.waiting = models.register(another_trial(side, 51), model=side.model, by=side.author)
    side.request = models.submit(side.waiting, card=f.CARD, by=side.author)
    side.candidate = models.register(another_trial(side, 52), model=side.model, by=side.author)
    side.trial = another_trial(side, 53)
    side.thread = threads.begin(side.request, anchor="card", text=f"{side.mark}For whom?", by=side.reviewer)
    side.alias = aliases.give(side.candidate, name="kept", by=side.author)
    documents.write(
        side.champion, kind="model_card", code="caveats", text=f"{side.mark}Take care.", by=side.author
    )
    side.edition = documents.issue(side.champion, kind="model_card", by=side.author)
    of_high = experiments.copy_draft(side.experiment, by=side.author)
    Experiment.objects.filter(pk=of_high.pk).update(use_case=side.high, job=side.experiment.job)
    of_high = Experiment.objects.get(pk=of_high.pk)
    side.risky = approved(side, another_trial(side, 1, of_high))
    use_cases.set_risk_tier(side.high, tier="high", reason=f"{side.mark}many people", by=side.manager)
    # Its review was one for a high tier, which would have taken two reviewers.
    asked = ApprovalRequest.objects.get(version=side.risky)
    ApprovalRequest.objects.filter(pk=asked.pk).update(policy=asked.policy | {"tier": "high"})
    assert not ApprovalRequest.objects.filter(version=side.successor, state="open").exists()


def served(side: Side) -> None:
    """In service: a scored table, a drift report, findings, value."""
    side.deployment = deployments.promote(side.champion, by=side.owner)
    side.sample = side.successor.requests.get()
    ApprovalRequest.objects.filter(pk=side.sample.pk).update(is_sampled=True)
    side.batch = batches.request(side.deployment, dataset_version=side.version, by=side.owner)
    job_runner.run_until_idle("ml")
    side.batch.refresh_from_db()
    assert side.batch.output_digest, side.batch.job
    side.export = exports.request(side.champion.trial, format="skops", by=side.author)
    exports.keep(side.export, {"ok": True, "name": "model"}, side.champion.bundle_digest, 1)
    side.bundle = bundles.request(side.main, by=side.owner)
    bundles.keep(side.bundle, {"files": 1, "left_out": [], "ruled": {}}, side.champion.bundle_digest, 1)
    about = {"severity": "medium", "owner": side.author, "detail": f"{side.mark}detail", "by": side.reviewer}
    side.finding = findings.raise_finding(side.main, title=f"{side.mark}Document the limits", **about)
    side.resolved = findings.raise_finding(side.main, title=f"{side.mark}Check the dates", **about)
    findings.resolve(side.resolved, resolution=f"{side.mark}done", by=side.author)
    side.resolved.refresh_from_db()
    texts = {"evidence": "declared", "method": f"{side.mark}A/B test", "baseline": f"{side.mark}7 % leave"}
    side.line = benefits.add_line(
        side.main,
        title=f"{side.mark}Clients kept",
        kind="revenue",
        yearly_amount=100_000,
        by=side.owner,
        **texts,
    )
    past = clock.today() - timedelta(days=60)
    side.measurement = benefits.report(
        side.line,
        starts_on=past,
        ends_on=past + timedelta(days=9),
        amount=900,
        evidence="declared",
        note=f"{side.mark}note",
        by=side.owner,
    )


def helped(side: Side) -> None:
    """A question about the use case, answered."""
    side.help = community.ask(
        title=f"{side.mark}Why?", text=f"{side.mark}I wonder.", use_case=side.main, by=side.author
    )
    side.help_answer = community.answer(side.help, text=f"{side.mark}Because.", by=side.author)


def personal(side: Side) -> None:
    """What belongs to one person only."""
    notices.tell([side.author], text=f"{side.mark}A word for you", url="/", by=None)
    side.notice = side.author.notices.first()
    side.token, _secret = tokens.create(name=f"{side.mark}laptop", scope="read", days=9, by=side.author)


def under_way(side: Side) -> None:
    """A search that a worker holds, one that waits, a comparison that waits; made last, so that nothing carries them out."""
    side.running = copied(side, "Running")
    assert jobs.claim("ml") is not None
    side.queued = copied(side, "Queued")
    side.job = side.queued.job
    side.drift = drift.request(side.deployment, dataset_version=side.version, by=side.owner)
    f.compared(side.successor, side.champion)  # so that it may be promoted
    side.comparison = comparisons.ask(side.model, base=side.champion, others=[side.successor], by=side.owner)
