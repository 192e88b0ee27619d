"""Where a policy blocks what the engine only asks a justification for."""

from django.utils.translation import gettext as _

from governance import policies
from governance.models import ModelVersion
from portal.core.verdicts import YES, Verdict, no
from projects.models import GuardrailResult

SOFT = (GuardrailResult.Severity.JUSTIFY, GuardrailResult.Severity.WARN)


def is_within_policy(version: ModelVersion) -> Verdict:
    """No alert measured as much as the policy of the use case allows at most."""
    limits = policies.for_use_case(version.model.use_case).guardrails
    if not limits:
        return YES
    alerts = GuardrailResult.objects.filter(
        experiment=version.trial.experiment,
        is_current=True,
        is_alerted=True,
        code__in=limits,
        severity__in=SOFT,
    )
    over = [each for each in alerts if each.value is not None and each.value >= limits[each.code]]
    if not over:
        return YES
    words = {"what": over[0].text, "limit": limits[over[0].code]}
    return no(
        _("The policy of this risk tier blocks it from %(limit)s on: %(what)s") % words,
        _("Run a new experiment without this problem."),
        code="version.policy",
    )
