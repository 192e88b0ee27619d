"""Names of versions: free ones are set here, protected ones only read."""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.models import Model, ModelVersion, VersionAlias
from governance.rules import versions as rules
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require

SHAPE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@transaction.atomic
def give(version: ModelVersion, *, name: str, by: User) -> VersionAlias:
    """Let a free name stand for this version; it leaves the version that had it before."""
    require(rules.may_name(by, version))
    name = name.strip().lower()
    require(rules.is_free_name(name))
    if not SHAPE.fullmatch(name) or re.fullmatch(r"v?\d+", name):
        raise ValidationError(
            {"name": _("Up to 40 small letters, digits, dots, dashes; a number alone is no name.")}
        )
    before = VersionAlias.objects.filter(model=version.model, name=name).first()
    if before and before.version_id == version.pk:
        return before
    if before:
        before.delete()
    try:
        with transaction.atomic():
            alias = VersionAlias.objects.create(model=version.model, version=version, name=name, set_by=by)
    except IntegrityError:
        raise IllegalMove(_("Somebody set this name a moment ago. Reload the page.")) from None
    audit.record("alias.set", version, by=by, name=name, instead_of=str(before.version_id) if before else "")
    return alias


@transaction.atomic
def take(model: Model, *, name: str, by: User) -> None:
    """Take a free name away."""
    require(rules.is_free_name(name))
    alias = VersionAlias.objects.filter(model=model, name=name.strip().lower()).select_related(
        "version__model__use_case", "version__trial__experiment__use_case"
    ).first()  # fmt: skip
    if alias is None:
        raise ValidationError({"name": _("No version of this model has that name.")})
    require(rules.may_name(by, alias.version))
    version = alias.version
    alias.delete()
    audit.record("alias.removed", version, by=by, name=name)
