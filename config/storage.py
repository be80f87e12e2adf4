"""How static files are named in production."""

from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# A library's own copy of htmx, which no page loads; its modules import files that it does not ship.
UNUSED = ("django_htmx/",)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Names carry a hash of the content, also those that one ES module imports from another."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        used = {name: path for name, path in paths.items() if not name.startswith(UNUSED)}
        yield from super().post_process(used, dry_run, **options)
