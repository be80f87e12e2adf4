"""Items, labels and model versions. Selectors decide who reads; annotators get what cannot sway them."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from annotation.access import Viewer
from annotation.models import Annotation, Item
from annotation.selectors.listing import item_for, labels_for
from annotation.selectors.versions import version_for, versions_for
from annotation.selectors.visible import items_for

from .serializers import (
    ItemSerializer,
    LabelSerializer,
    ModelVersionSerializer,
    ResearchItemSerializer,
    ResearchLabelSerializer,
)

ITEM_VIEWS = (ResearchItemSerializer, ItemSerializer)
LABEL_VIEWS = (ResearchLabelSerializer, LabelSerializer)


def viewer_of(request: Request) -> Viewer:
    return cast(Viewer, request.user)


def either(name: str, views: tuple[type[Serializer[Any]], ...], *, many: bool) -> Any:
    """For the API's description: the researcher's view or the annotator's."""
    return PolymorphicProxySerializer(name, list(views), resource_type_field_name=None, many=many)


class _ByRole(GenericAPIView[Any]):
    """Researchers get the first view, annotators the second."""

    views: ClassVar[tuple[type[Serializer[Any]], type[Serializer[Any]]]]

    def get_serializer_class(self) -> type[Serializer[Any]]:
        return self.views[0 if viewer_of(self.request).is_researcher else 1]


def _narrowed(rows: QuerySet[Any], request: Request, **lookups: str) -> QuerySet[Any]:
    """Only rows whose field has the value of the query parameter, where that is given."""
    given = {
        field: request.query_params[name] for name, field in lookups.items() if name in request.query_params
    }
    try:
        return rows.filter(**given)
    except ValueError:
        return rows.none()


class ItemList(ListModelMixin, _ByRole):
    """Questions with the turns before them. For annotators and researchers."""

    views = ITEM_VIEWS
    queryset = Item.objects.none()

    def get_queryset(self) -> QuerySet[Item]:
        return _narrowed(items_for(viewer_of(self.request)), self.request, dataset="dataset__name")

    @extend_schema(
        parameters=[OpenApiParameter("dataset", str, description="only of the dataset with this name")],
        responses=either("AnyItem", ITEM_VIEWS, many=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class ItemDetail(_ByRole):
    """One question."""

    views = ITEM_VIEWS
    queryset = Item.objects.none()

    @extend_schema(responses=either("AnyItem", ITEM_VIEWS, many=False))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        item = item_for(viewer_of(request), kwargs["pk"])
        return Response(self.get_serializer_class()(item).data)


class LabelList(ListModelMixin, _ByRole):
    """Standing labels: researchers get everybody's, annotators their own."""

    views = LABEL_VIEWS
    queryset = Annotation.objects.none()

    def get_queryset(self) -> QuerySet[Annotation]:
        return _narrowed(labels_for(viewer_of(self.request)), self.request, item="item_id")

    @extend_schema(
        parameters=[OpenApiParameter("item", int, description="only of this item")],
        responses=either("AnyLabel", LABEL_VIEWS, many=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class ModelVersionList(APIView):
    """Stored model versions, newest first. For researchers."""

    @extend_schema(operation_id="model_versions_list", responses=ModelVersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([ModelVersionSerializer(row).data for row in versions_for(viewer_of(request))])


class ModelVersionDetail(APIView):
    """One model version."""

    @extend_schema(responses=ModelVersionSerializer)
    def get(self, request: Request, version: str) -> Response:
        return Response(ModelVersionSerializer(version_for(viewer_of(request), version)).data)
