"""Sessions and their events. Permission lies in the selectors: what is not yours does not exist."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from simulator.errors import NotFound
from simulator.exports.downloads import all_sessions_download, session_download
from simulator.models import Session, User
from simulator.selectors import events_since, said_in, session_for, sessions_for
from simulator.selectors.event import viewer_kind

from .serializers import (
    EventsSerializer,
    SessionSerializer,
    TokenSerializer,
    any_session,
    session_serializer_for,
)
from .throttling import TokenByAccount, TokenByAddress

EVENTS_PER_PAGE = 500
JSON_LINES = {(200, "application/x-ndjson"): OpenApiTypes.STR}


def viewer_of(request: Request) -> User:
    return cast(User, request.user)


class TokenView(ObtainAuthToken):
    """Give name and password, get the account's token. Ten tries a minute."""

    throttle_classes = (TokenByAddress, TokenByAccount)

    @extend_schema(request=AuthTokenSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)


class SessionList(ListAPIView[Session]):
    """Your sessions, newest first: a teacher's own, for the team those of its studies."""

    queryset = Session.objects.none()

    def get_queryset(self) -> QuerySet[Session]:
        return sessions_for(viewer_of(self.request))

    def get_serializer_class(self) -> type[BaseSerializer[Session]]:
        return session_serializer_for(viewer_of(self.request))

    @extend_schema(responses=any_session(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class SessionDetail(RetrieveAPIView[Session]):
    """One session. A teacher gets the fields up to ``end_reason``."""

    queryset = Session.objects.none()
    serializer_class = SessionSerializer

    @extend_schema(responses=any_session(many=False))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        viewer = viewer_of(request)
        session = session_for(viewer, kwargs["public_id"])
        return Response(session_serializer_for(viewer)(session).data)


class SessionEvents(APIView):
    """The log of a session as you may see it, from the start or after a cursor, 500 events at a time."""

    @extend_schema(
        parameters=[OpenApiParameter("after", str, description="the cursor of the answer before")],
        responses=EventsSerializer,
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        viewer = viewer_of(request)
        session = said_in(viewer, public_id)
        after = request.query_params.get("after") or None
        batch = events_since(session=session, viewer=viewer_kind(viewer), cursor=after)
        events = batch.events[:EVENTS_PER_PAGE]
        return Response(
            {
                "events": events,
                "cursor": events[-1]["id"] if events else batch.cursor,
                "reset": batch.reset,
                "more": len(events) < len(batch.events),
            }
        )


class SessionExport(APIView):
    """One session as JSON Lines: the whole log for researchers, the transcript for its teacher."""

    @extend_schema(responses=JSON_LINES)
    def get(self, request: Request, public_id: UUID) -> HttpResponseBase:
        return session_download(viewer_of(request), public_id)


class AllSessionsExport(APIView):
    """All sessions of your studies as JSON Lines. For researchers."""

    @extend_schema(responses=JSON_LINES)
    def get(self, request: Request) -> HttpResponseBase:
        return all_sessions_download(viewer_of(request))


class Nothing(APIView):
    """Every other address below /api/: the error has the same shape as all others."""

    @extend_schema(exclude=True)
    def get(self, _request: Request, **_values: Any) -> Response:
        raise NotFound

    post = put = patch = delete = get
