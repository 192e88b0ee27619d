"""What the API shows and takes of the floor."""

from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.core import destinations, rules
from portal.core.api.kit import CanField, StrictSerializer
from portal.core.models import ApiToken, Job, Notice, NoticePreference, User
from portal.core.selectors import job_label


class PersonOut(serializers.ModelSerializer[User]):
    """A colleague as the directory shows them."""

    unit = serializers.CharField(source="unit.name", default="")
    duties = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "display_name", "email", "job_title", "unit", "site", "duties"]

    def get_duties(self, person: User) -> list[str]:
        """Codes of the duties held."""
        return sorted(person.duties)


class MeOut(PersonOut):
    """The caller, with the rights held now."""

    rights = serializers.SerializerMethodField()

    class Meta(PersonOut.Meta):
        fields = [*PersonOut.Meta.fields, "language", "time_zone", "theme", "rights"]

    def get_rights(self, person: User) -> list[str]:
        """Codes of valid credentials."""
        return sorted(person.credentials.valid().values_list("code", flat=True).distinct())


@extend_schema_field({"type": "boolean"})
class GoneField(serializers.Field[Any, Any, Any, Any]):
    """Whether the page at `url` does not open for the caller any more; asked once for all rows of an answer."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    @cached_property
    def lost(self) -> set[str]:
        """The lost addresses of this answer."""
        root = self.root
        rows = root.instance if isinstance(root, serializers.ListSerializer) else [root.instance]  # type: ignore[attr-defined]
        return destinations.gone(self.context["request"].user, [row.url for row in rows])  # type: ignore[union-attr]

    def to_representation(self, row: Any) -> bool:
        return row.url in self.lost


class JobOut(serializers.ModelSerializer[Job]):
    """A job and how far it is."""

    label = serializers.SerializerMethodField()
    step = serializers.CharField(source="step_text")
    error = serializers.CharField(source="error_text")
    is_gone = GoneField()
    can = CanField({"cancel": rules.may_cancel_job})

    class Meta:
        model = Job
        fields = [
            "id", "kind", "label", "url", "is_gone", "queue", "state", "percent", "step", "attempt", "created_at", "started_at",
            "finished_at", "isolation", "error", "can",
        ]  # fmt: skip

    def get_label(self, job: Job) -> str:
        """What the caller may know of it."""
        return job_label(self.context["request"].user, job)


class NoticeOut(serializers.ModelSerializer[Notice]):
    """A notice in the caller's language."""

    text = serializers.SerializerMethodField()
    is_gone = GoneField()

    class Meta:
        model = Notice
        fields = ["id", "kind", "text", "url", "is_gone", "icon", "created_at", "read_at"]

    def get_text(self, notice: Notice) -> str:
        """The filled sentence."""
        return str(notice)


class NoticePreferenceOut(serializers.Serializer[Any]):
    """A channel for each kind of notice, and the hour of the digest."""

    channels = serializers.SerializerMethodField()
    digest_hour = serializers.IntegerField()

    def get_channels(self, preference: NoticePreference) -> dict[str, str]:
        """Every kind, those left alone too."""
        return {kind: preference.channel(kind) for kind in Notice.Kind.values}


class NoticePreferenceIn(StrictSerializer):
    """What changes."""

    channels = serializers.DictField(
        child=serializers.ChoiceField(NoticePreference.Channel.choices), required=False
    )
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, required=False)


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token without its secret."""

    class Meta:
        model = ApiToken
        fields = ["id", "name", "scope", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at"]


class TokenMade(TokenOut):
    """A token with its secret, shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "secret"]


class TokenIn(StrictSerializer):
    """What a new token should be."""

    name: Any = serializers.CharField(max_length=80)
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices, default=ApiToken.Scope.READ)
    days = serializers.IntegerField(min_value=1, max_value=90, default=30)
