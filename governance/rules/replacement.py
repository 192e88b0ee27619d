"""Whether a version may take the place of the champion: what its policy asks besides the votes."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from governance import policies, version_checks
from governance.models import ApprovalRequest, ModelVersion
from portal.core.verdicts import YES, Verdict, no

KINDS = (ApprovalRequest.Kind.MODEL_REVIEW, ApprovalRequest.Kind.PROMOTION)


def may_be_approved(request: ApprovalRequest) -> Verdict:
    """A review and a promotion, by the rules the request has pinned; all else asks nothing here."""
    if request.kind not in KINDS or request.version is None:
        return YES
    return meets(request.version, request.policy.get("requirements", {}))


def may_replace(version: ModelVersion) -> Verdict:
    """A promotion without a request, by the policy that holds now."""
    return meets(version, policies.for_use_case(version.model.use_case).requirements.get("promotion", {}))


def meets(version: ModelVersion, modes: Mapping[str, str]) -> Verdict:
    """Nothing that is asked of the version stands in the way; otherwise everything that does, at once."""
    unmet = [each for each in version_checks.requirements(version, modes) if each.stops]
    if not unmet:
        return YES
    return no(
        _("Still missing: %(what)s.") % {"what": "; ".join(each.label for each in unmet)},
        " ".join(each.remedy for each in unmet),
        unmet[0].url,
        "version.requirements",
    )
