"""The API's own description: OpenAPI, and a page to read and try it on."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

ERROR = {"$ref": "#/components/schemas/Error"}


class Schema(SpectacularAPIView):
    """The OpenAPI description."""


class Page(SpectacularSwaggerSplitView):
    """Page and script apart, since the content security policy forbids scripts within pages."""

    url_name = "api-schema"
    template_name = "simulator/api_docs.html"


def add_error_shape(result: dict[str, Any], **_context: object) -> dict[str, Any]:
    """Say once for each operation what a refusal looks like, and that the wider view of two has all of the
    narrower one, so that an answer may fit both."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for schema in schemas.values():
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    text = {"type": "string"}
    schemas["Error"] = {
        "type": "object",
        "description": "Everything that is refused looks like this.",
        "required": ["code", "detail"],
        "properties": {
            "code": {**text, "description": "stable; made for programs"},
            "detail": {**text, "description": "a sentence for people: the fault and how to mend it"},
        },
    }
    refusal = {"description": "Refused.", "content": {"application/json": {"schema": ERROR}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", refusal)
    return result
