"""Further versions of a model, and one that serves."""

from governance.services import deployments, models
from projects.models import Trial
from tests.governance import factories as f


def another(w, number=2, **more):
    return Trial.objects.create(
        experiment=w.trial.experiment, number=number, name=f"Linear {number}", family="linear", status="done",
        bundle_digest=f.stored_bundle(f"model {number}".encode()), model_sha256=f.FILE, **more,
    )  # fmt: skip


def approved(w, number=2):
    version = models.register(another(w, number), model=w.model, by=w.author)
    f.approve(models.submit(version, card=f.CARD, by=w.author), w.reviewer)
    version.refresh_from_db()
    return version


def serving(w):
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    return deployments.promote(w.version, by=w.owner)
