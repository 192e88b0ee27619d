"""Which requests somebody sees, and lists of them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from governance.models.delegations import Delegation
from governance.models.sight import seen_through
from portal.core.duties import Duty

if TYPE_CHECKING:
    from portal.core.models import User


class ApprovalQuerySet(models.QuerySet["ApprovalRequest"]):
    """Speaking filters over requests."""

    def visible_to(self, user: "User") -> "ApprovalQuerySet":
        """
        Those about visible use cases or about a policy, and one's own. What is asked of the owner of a dataset
        or an artifact concerns owner, steward, their delegates and those who answer for risk, nobody else.
        """
        if not user.is_authenticated:
            return self.none()
        public = Q(policy_draft__isnull=False)
        about_a_case = seen_through(user, "use_case") & Q(dataset__isnull=True, artifact__isnull=True)
        if user.has_duty(Duty.AUDITOR, Duty.RISK_OFFICER, Duty.EXECUTIVE):
            about_data = Q(dataset__isnull=False) | Q(artifact__isnull=False)
        else:
            seats = [
                user.pk,
                *Delegation.objects.current().filter(given_to=user).values_list("given_by", flat=True),
            ]
            about_data = (
                Q(dataset__owner__in=seats) | Q(dataset__steward__in=seats) | Q(artifact__owner__in=seats)
            )
        return self.filter(about_a_case | about_data | public | Q(requested_by_id=user.pk))

    def of_cases(self) -> "ApprovalQuerySet":
        """Without what is asked of the owner of a dataset or an artifact: that is between them, whatever it is for."""
        return self.filter(dataset__isnull=True, artifact__isnull=True)

    def open(self) -> "ApprovalQuerySet":
        """Waiting for a decision."""
        return self.filter(state=self.model.State.OPEN)

    def for_list(self) -> "ApprovalQuerySet":
        """With what a list and the rules need."""
        return self.select_related(
            "use_case__product_owner",
            "use_case__sponsor",
            "requested_by",
            "version__model",
            "version__registered_by",
            "version__trial__experiment",
            "version__dataset_version",
            "policy_draft",
            "dataset__owner",
            "dataset__steward",
            "artifact__owner",
            "second_look__looked_by",
        ).prefetch_related("decisions__decided_by", "decisions__on_behalf_of", "dissents__said_by")
