"""The API of mentors, office hours and thanks."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import CanField, ReadsBodies, ReadViewSet, StrictSerializer
from portal.core.models import User
from projects.models import UseCase
from training import community_reads, hour_rules, mentor_rules
from training.api.filters import OfficeHourFilter, ThanksFilter
from training.filters import MentorOfferFilter, MentorshipFilter
from training.models import MentorOffer, Mentorship, OfficeHour, Thanks
from training.services import mentoring, office_hours, thanks

OBJECT = {"type": "object"}


class MentorOut(serializers.ModelSerializer[MentorOffer]):
    """An offer."""

    name = serializers.CharField(source="mentor.display_name", read_only=True)
    taken = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = MentorOffer
        fields = ["id", "mentor", "name", "topics", "capacity", "taken", "is_open"]


class MentorDetailOut(MentorOut):
    """With whether the caller may ask."""

    can = CanField({"ask": mentor_rules.may_ask})

    class Meta(MentorOut.Meta):
        fields = [*MentorOut.Meta.fields, "can"]


class OfferIn(StrictSerializer):
    """One's own offer."""

    topics = serializers.CharField(max_length=300)
    capacity = serializers.IntegerField(min_value=1, max_value=8)
    is_open = serializers.BooleanField(required=False, default=True)


class AskIn(StrictSerializer):
    """What one wants to learn, and on which project (key)."""

    aim = serializers.CharField(max_length=600)
    use_case = serializers.UUIDField(required=False, allow_null=True, default=None)


class WordIn(StrictSerializer):
    """A word to the other."""

    text = serializers.CharField(max_length=600, required=False, default="", allow_blank=True)


class NothingIn(StrictSerializer):
    """An act that needs no body."""


class MentorshipOut(serializers.ModelSerializer[Mentorship]):
    """The two people and how it stands; of a project only its key."""

    mentor_name = serializers.CharField(source="mentor.display_name", read_only=True)
    learner_name = serializers.CharField(source="learner.display_name", read_only=True)

    class Meta:
        model = Mentorship
        fields = [
            "id", "mentor", "mentor_name", "learner", "learner_name", "use_case", "state", "aim", "answer", "created_at",
            "accepted_at", "talked_at", "ended_at",
        ]  # fmt: skip


class MentorshipDetailOut(MentorshipOut):
    """With what the caller may do."""

    can = CanField(
        {
            "accept": mentor_rules.may_accept,
            "decline": mentor_rules.may_decline,
            "withdraw": mentor_rules.may_withdraw,
            "end": mentor_rules.may_end,
            "talk": mentor_rules.may_note_talk,
        }
    )

    class Meta(MentorshipOut.Meta):
        fields = [*MentorshipOut.Meta.fields, "can"]


class MentorViewSet(ReadViewSet):
    """Who offers to be a mentor, by name; one's own offer; asking."""

    model = MentorOffer
    serializer_class = MentorOut
    filterset_class = MentorOfferFilter

    def get_serializer_class(self) -> Any:
        """What one may do stands in the answer about one mentor."""
        return MentorOut if self.action == "list" else MentorDetailOut

    @extend_schema(request=OfferIn, responses={201: MentorDetailOut})
    def create(self, request: Request) -> Response:
        """Offer, or change one's offer."""
        made = mentoring.offer(**self.taken(OfferIn, request), by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AskIn, responses={201: MentorshipDetailOut})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:
        """Ask this mentor. Safe to repeat."""
        offer, given = self.get_object(), self.taken(AskIn, request)
        case = None
        if given["use_case"]:
            case = UseCase.objects.visible_to(request.user).filter(pk=given["use_case"]).first()
            if case is None:
                raise serializers.ValidationError({"use_case": "There is no such use case that you see."})
        made = mentoring.ask(offer, aim=given["aim"], use_case=case, by=request.user)
        answer = MentorshipDetailOut(made, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)


class MentorshipViewSet(ReadViewSet):
    """One's own mentorships; those of others for community leads and auditors."""

    model = Mentorship
    serializer_class = MentorshipOut
    filterset_class = MentorshipFilter

    def get_serializer_class(self) -> Any:
        """What one may do stands in the answer about one mentorship."""
        return MentorshipOut if self.action == "list" else MentorshipDetailOut

    def with_word(self, request: Request, act: Any) -> Response:
        """An act with a word to the other."""
        found, given = self.get_object(), self.taken(WordIn, request)
        return Response(self.get_serializer(act(found, **given, by=request.user)).data)

    def plain(self, request: Request, act: Any) -> Response:
        """An act without a body."""
        found = self.get_object()
        self.taken(NothingIn, request)
        return Response(self.get_serializer(act(found, by=request.user)).data)

    @extend_schema(request=WordIn, responses={200: MentorshipDetailOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Take the place."""
        return self.with_word(request, mentoring.accept)

    @extend_schema(request=WordIn, responses={200: MentorshipDetailOut})
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Not now."""
        return self.with_word(request, mentoring.decline)

    @extend_schema(request=WordIn, responses={200: MentorshipDetailOut})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End it."""
        return self.with_word(request, mentoring.end)

    @extend_schema(request=NothingIn, responses={200: MentorshipDetailOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the request back."""
        return self.plain(request, mentoring.withdraw)

    @extend_schema(request=NothingIn, responses={200: MentorshipDetailOut})
    @action(detail=True, methods=["post"])
    def talk(self, request: Request, pk: str) -> Response:
        """Note that the two talked."""
        return self.plain(request, mentoring.note_talk)


class HourOut(serializers.ModelSerializer[OfficeHour]):
    """An office hour and whether the caller comes; who else comes only to its host."""

    host_name = serializers.CharField(source="host.display_name", read_only=True)
    minutes = serializers.IntegerField(read_only=True)
    taken = serializers.SerializerMethodField()

    class Meta:
        model = OfficeHour
        fields = [
            "id", "host", "host_name", "title", "text", "starts_at", "ends_at", "minutes", "place", "link", "capacity",
            "taken", "cancelled_at", "cancelled_reason",
        ]  # fmt: skip

    def get_taken(self, hour: OfficeHour) -> int:
        """Seats taken."""
        return int(getattr(hour, "taken", None) or 0)


class HourDetailOut(HourOut):
    """With the seats for the host, or one's own."""

    seats = serializers.SerializerMethodField()
    can = CanField(
        {
            "sit": hour_rules.may_sit,
            "leave": hour_rules.may_leave,
            "change": hour_rules.may_change,
            "cancel": hour_rules.may_cancel,
        }
    )

    class Meta(HourOut.Meta):
        fields = [*HourOut.Meta.fields, "seats", "can"]

    @extend_schema_field({"type": "array", "items": OBJECT})
    def get_seats(self, hour: OfficeHour) -> list[dict[str, str]]:
        """Name and wish."""
        user = self.context["request"].user
        rows = hour.seats.select_related("user")
        rows = rows if hour.host_id == user.pk else rows.filter(user=user)
        return [{"name": each.user.display_name, "wish": each.wish} for each in rows]


class HourIn(StrictSerializer):
    """When, where, for how many."""

    title = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=15, max_value=480)
    place = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    link = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    capacity = serializers.IntegerField(min_value=1, max_value=200, required=False, default=10)


class SeatIn(StrictSerializer):
    """What one wants to ask."""

    wish = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class WhyIn(StrictSerializer):
    """Why it is cancelled."""

    reason = serializers.CharField(max_length=300)


class OfficeHourViewSet(ReadViewSet):
    """Office hours: inviting, changing, seats."""

    model = OfficeHour
    serializer_class = HourOut
    filterset_class = OfficeHourFilter

    def get_serializer_class(self) -> Any:
        """A list is short."""
        return HourOut if self.action == "list" else HourDetailOut

    def again(self, hour: OfficeHour) -> dict[str, Any]:
        """The hour as it stands after an act."""
        fresh = OfficeHour.objects.visible_to(self.request.user).for_list().get(pk=hour.pk)
        return dict(self.get_serializer(fresh).data)

    @extend_schema(request=HourIn, responses={201: HourDetailOut})
    def create(self, request: Request) -> Response:
        """Invite."""
        made = office_hours.plan(**self.taken(HourIn, request), by=request.user)
        return Response(self.again(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=HourIn, responses={200: HourDetailOut})
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Change it; who comes is told when it moves."""
        hour, given = self.get_object(), self.taken(HourIn, request)
        return Response(self.again(office_hours.change(hour, **given, by=request.user)))

    @extend_schema(request=WhyIn, responses={200: HourDetailOut})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel it with a reason."""
        hour, given = self.get_object(), self.taken(WhyIn, request)
        return Response(self.again(office_hours.cancel(hour, **given, by=request.user)))

    @extend_schema(request=SeatIn, responses={200: HourDetailOut})
    @action(detail=True, methods=["post"])
    def sit(self, request: Request, pk: str) -> Response:
        """Take a seat, or change what one wants to ask. Safe to repeat."""
        hour, given = self.get_object(), self.taken(SeatIn, request)
        office_hours.sit(hour, **given, by=request.user)
        return Response(self.again(hour))

    @extend_schema(request=NothingIn, responses={200: HourDetailOut})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Give the seat back."""
        hour = self.get_object()
        self.taken(NothingIn, request)
        office_hours.leave(hour, by=request.user)
        return Response(self.again(hour))


class ThanksOut(serializers.ModelSerializer[Thanks]):
    """A word of thanks, to its giver and receiver."""

    giver_name = serializers.CharField(source="giver.display_name", read_only=True)
    receiver_name = serializers.CharField(source="receiver.display_name", read_only=True)

    class Meta:
        model = Thanks
        fields = ["id", "giver", "giver_name", "receiver", "receiver_name", "text", "created_at"]


class ThanksIn(StrictSerializer):
    """Whom, and what for."""

    receiver = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    text = serializers.CharField(max_length=500)


class ThanksViewSet(ReadViewSet):
    """Thanks one received and gave."""

    model = Thanks
    serializer_class = ThanksOut
    filterset_class = ThanksFilter

    @extend_schema(request=ThanksIn, responses={201: ThanksOut})
    def create(self, request: Request) -> Response:
        """Thank a colleague. The same words on the same day are one."""
        given = self.taken(ThanksIn, request)
        made = thanks.give(given["receiver"], text=given["text"], by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class ContributionViewSet(ReadsBodies):
    """What one gave, for oneself alone."""

    @extend_schema(responses={200: OBJECT})
    def list(self, request: Request) -> Response:
        """Each kind of help in a sentence."""
        refuse_unknown(request, set())
        return Response(
            {"contributions": [each.text for each in community_reads.contributions(request.user)]}
        )


routes: list[tuple[str, Any, str]] = [
    ("mentors", MentorViewSet, "mentor"),
    ("mentorships", MentorshipViewSet, "mentorship"),
    ("office-hours", OfficeHourViewSet, "office-hour"),
    ("thanks", ThanksViewSet, "thanks"),
    ("contributions", ContributionViewSet, "contribution"),
]
