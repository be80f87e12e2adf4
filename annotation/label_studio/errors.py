"""What goes wrong between here and a Label Studio. In every case nothing is lost: a repeat goes on."""

from django.utils.translation import gettext as _

from annotation.errors import AnnotationError


class LabelStudioError(AnnotationError):
    code = "label_studio"
    status = 502


class NotConnected(LabelStudioError):
    code = "label_studio_not_connected"
    status = 409

    def default(self) -> str:
        return _("Enter the address of your Label Studio and a token first.")


class SecretLost(LabelStudioError):
    code = "label_studio_secret_lost"
    status = 409

    def default(self) -> str:
        return _(
            "The stored token cannot be read any more: the server's secret key has changed. Enter it again."
        )


class Unreachable(LabelStudioError):
    code = "label_studio_unreachable"

    def __init__(self, url: str) -> None:
        super().__init__(
            _("Label Studio at %(url)s does not answer. Nothing is lost; start it and try again.")
            % {"url": url}
        )


class TokenRefused(LabelStudioError):
    code = "label_studio_token_refused"

    def default(self) -> str:
        return _(
            "Label Studio refuses the token: it has expired, was revoked, or legacy tokens are switched off "
            "for the organisation there. Make a new one under Account & Settings and enter it here."
        )


class ProjectGone(LabelStudioError):
    code = "label_studio_project_gone"

    def __init__(self, title: str) -> None:
        super().__init__(
            _(
                "The project %(title)s is no longer in Label Studio. What was fetched from it is kept. "
                "Choose 'Set up anew' to send its questions again."
            )
            % {"title": title}
        )


class Answered(LabelStudioError):
    """An answer that the client does not expect."""

    code = "label_studio_answered"

    def __init__(self, status: int | None, detail: str) -> None:
        super().__init__(
            _("Label Studio answered %(status)s: %(detail)s") % {"status": status, "detail": detail[:300]}
        )
