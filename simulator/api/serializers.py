"""Sessions and events as the API gives them. A teacher's fields are a list of their own."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from simulator.models import Role, Session, User


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A rehearsal as its teacher sees it. Mode and thresholds would hint at who answers."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    scenario = serializers.CharField(source="scenario.slug", read_only=True)
    title = serializers.CharField(source="scenario.title", read_only=True)
    student = serializers.CharField(source="scenario.content.persona.name", read_only=True)
    end_reason = serializers.CharField(read_only=True, help_text="empty while it runs")

    class Meta:
        model = Session
        fields = ["id", "scenario", "title", "student", "started_at", "deadline_at", "ended_at", "end_reason"]
        read_only_fields = fields


class TeamSessionSerializer(SessionSerializer):
    """A rehearsal as supervisors and researchers see it."""

    scenario_version = serializers.IntegerField(source="scenario.version", read_only=True)
    study = serializers.CharField(source="study.slug", read_only=True)
    teacher = serializers.CharField(source="teacher.actor", read_only=True)
    events = serializers.IntegerField(source="head", read_only=True, help_text="seq of the newest event")

    class Meta(SessionSerializer.Meta):
        fields = [*SessionSerializer.Meta.fields, "scenario_version", "study", "teacher", "mode", "events"]
        read_only_fields = fields


def session_serializer_for(viewer: User) -> type[SessionSerializer]:
    """The widest view of a session that a person may have."""
    team = viewer.role in (Role.SUPERVISOR, Role.RESEARCHER)
    return TeamSessionSerializer if team else SessionSerializer


def any_session(*, many: bool) -> PolymorphicProxySerializer:
    """Either view of a session, for the API's description."""
    return PolymorphicProxySerializer(
        component_name="AnySession",
        serializers=[TeamSessionSerializer, SessionSerializer],
        resource_type_field_name=None,
        many=many,
    )


class EventSerializer(serializers.Serializer[dict[str, Any]]):
    """An event as its viewer may see it; a teacher gets neither seq, actor, turn nor cause."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    persona = serializers.CharField(allow_blank=True)
    ts = serializers.DateTimeField()
    payload = serializers.DictField(help_text="fields depend on type: see docs/events.md")
    seq = serializers.IntegerField(required=False)
    actor = serializers.CharField(required=False)
    turn = serializers.IntegerField(required=False, allow_null=True)
    cause = serializers.UUIDField(required=False, allow_null=True)


class EventsSerializer(serializers.Serializer[dict[str, Any]]):
    """A stretch of a session's log."""

    events = EventSerializer(many=True)
    cursor = serializers.CharField(allow_null=True, help_text="opaque: pass it as `after` for what follows")
    reset = serializers.BooleanField(
        help_text="the cursor was absent or unknown: these are events from the start"
    )
    more = serializers.BooleanField(help_text="there are further events now")


class TokenSerializer(serializers.Serializer[dict[str, str]]):
    token = serializers.CharField(help_text="send it as `Authorization: Token <token>`")
