"""What a policy asks of a version before it may take the place of the champion."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from governance import policy_text
from governance.gate_answers import Answer, link
from governance.gates import Requirement
from governance.models import ApprovalRequest, Deployment, ModelVersion, VersionComparison
from portal.core import filestore


def asked_of(version: ModelVersion) -> tuple[Any, Any]:
    """Target and kind of question."""
    return version.question.get("target"), version.computed_card.get("task")


def base_of(champion: ModelVersion, version: ModelVersion) -> ModelVersion | None:
    """
    On whose hold-out both are scored: the champion's, or the newcomer's where the champion's rows are not there.

    That is no favour to the newcomer: its hold-out it has never seen, while the champion may have learned from it.
    """
    with_table = [each for each in (champion, version) if each.table_digest]
    kept = [each for each in with_table if filestore.holds(each.table_digest)]
    return next(iter(kept or with_table), None)


def compared(version: ModelVersion) -> Answer:
    """A finished comparison with the champion it would replace, on the same rows."""
    label = _("Compared with the champion on the same rows")
    serving = Deployment.objects.beside(version).first()
    if serving is None:
        return Answer(True, label, _("Nothing else serves."))
    champion = serving.version
    if asked_of(champion) != asked_of(version):
        return Answer(True, label, _("The champion answers another question; there is nothing to compare."))
    pairs = {champion.pk: str(version.pk), version.pk: str(champion.pk)}
    rows = VersionComparison.objects.filter(model=version.model_id, base__in=pairs).select_related("job")
    ours = [each for each in rows if pairs[each.base_id] in each.others]
    if any(each.finished_at and each.figures.get(pairs[each.base_id], {}).get("ok") for each in ours):
        return Answer(True, label, str(champion))
    waits = next((each for each in ours if each.status in {"queued", "running"}), None)
    if waits is not None:
        remedy, url = _("Wait for the comparison; it takes some minutes."), "governance:comparison_detail"
        return Answer(False, label, _("It is under way."), remedy, link(url, waits.pk))
    remedy = what_to_compare(champion, version)
    return Answer(False, label, "", remedy, link("governance:version_compare", version.model_id))


def what_to_compare(champion: ModelVersion, version: ModelVersion) -> str:
    """The way that is open: on the rows of one of them, else on rows whose answers are known by now."""
    base = base_of(champion, version)
    if base is None:
        return _(
            "The tables of both versions are not there any more: compare them on a table of the use case whose answers are known."
        )
    if base == version:
        return _("The rows of %(champion)s are not there any more: compare it with %(version)s as the base.") % {
            "champion": champion, "version": version,
        }  # fmt: skip
    return _("Compare it with %(champion)s on the same rows.") % {"champion": champion}


VERSION_CHECKS: dict[str, Callable[[ModelVersion], Answer]] = {"compared": compared}


def requirements(version: ModelVersion, modes: Mapping[str, str]) -> list[Requirement]:
    """Everything that is asked of a version, with its state now."""
    found = [(code, mode, VERSION_CHECKS[code](version)) for code, mode in modes.items()]
    return [
        Requirement(code, each.label, each.met, mode, each.detail, each.remedy, each.url)
        for code, mode, each in found
    ]


def of_request(request: ApprovalRequest) -> list[Requirement]:
    """By the rules that a review or a promotion has pinned; nothing once it is answered, and for all else."""
    if request.version is None or request.state != ApprovalRequest.State.OPEN:
        return []
    modes = request.policy.get("requirements", {})
    return requirements(request.version, modes) if request.kind in policy_text.JUDGED else []
