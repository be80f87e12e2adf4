"""Pages by cursor: stable while rows are added."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Newest first; ``page_size`` up to 500."""

    ordering = ("-pk",)
    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
