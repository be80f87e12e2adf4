from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    name = "annotation"
    verbose_name = "Annotation"

    def ready(self) -> None:
        """Listen to the other half of the product."""
        from annotation import receivers  # noqa: F401 (connects by being imported)
