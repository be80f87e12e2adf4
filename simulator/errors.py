"""What can go wrong, as people are told it. Each error has a stable code and says fault and mend."""

from django.utils.translation import gettext as _


class SimulatorError(Exception):
    """Base of every refusal that a person or a program may meet."""

    code = "refused"
    status = 409
    retryable = False

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.default())

    def default(self) -> str:
        return _("That is not possible now.")


class NotFound(SimulatorError):
    """The thing does not exist, or does not for this person: the two look the same on purpose."""

    code = "not_found"
    status = 404

    def default(self) -> str:
        return _("There is nothing here for you under this address.")


class Erased(SimulatorError):
    """The session exists, and what was said in it no longer does."""

    code = "erased"
    status = 410

    def default(self) -> str:
        return _("What was said in this rehearsal has been erased. Its time and place in the list remain.")


class NotAllowed(SimulatorError):
    code = "not_allowed"
    status = 403

    def default(self) -> str:
        return _("Your account may not do this.")


class FrameInvalid(SimulatorError):
    code = "frame_invalid"
    status = 400


class MessageEmpty(SimulatorError):
    code = "message_empty"
    status = 400

    def default(self) -> str:
        return _("The message is empty. Write something and send it again.")


class MessageTooLong(SimulatorError):
    code = "message_too_long"
    status = 400

    def default(self) -> str:
        return _("The message is too long: at most 4,000 characters. Shorten it and send it again.")


class StudentIsWriting(SimulatorError):
    code = "student_is_writing"
    retryable = True

    def default(self) -> str:
        return _("The student is still answering. Your message goes out after that.")


class SessionEnded(SimulatorError):
    code = "session_ended"

    def default(self) -> str:
        return _("This rehearsal has ended, so nothing more can be said in it.")


class ConsentMissing(SimulatorError):
    code = "consent_missing"
    status = 403

    def default(self) -> str:
        return _("Please read and agree to the study's consent text first.")


class InvitationClosed(SimulatorError):
    code = "invitation_closed"
    status = 410

    def default(self) -> str:
        return _("This invitation has expired or was used or revoked. Ask the study team for a new link.")


class RateLimited(SimulatorError):
    code = "rate_limited"
    status = 429
    retryable = True

    def default(self) -> str:
        return _("That was too fast. Wait a moment and try again.")


class StorageFailed(SimulatorError):
    code = "storage_failed"
    status = 503
    retryable = True

    def default(self) -> str:
        return _("The message could not be stored just now. It is kept here and sent again.")


class TurnMovedOn(SimulatorError):
    """The turn was answered or taken over meanwhile; the supervisor's text is kept as a draft."""

    code = "turn_moved_on"

    def default(self) -> str:
        return _("This turn has moved on, so your reply was not sent. It is kept as a draft.")


class TurnHeld(SimulatorError):
    code = "turn_held"

    def default(self) -> str:
        return _("Another supervisor is answering this turn.")


class RoomSeized(SimulatorError):
    code = "room_seized"

    def default(self) -> str:
        return _("Another supervisor has taken over this room.")


class CandidateUnknown(SimulatorError):
    code = "candidate_unknown"
    status = 400

    def default(self) -> str:
        return _("There is no such candidate reply. Pick one from the list or type your own.")


class LayerUnknown(SimulatorError):
    code = "layer_unknown"
    status = 400

    def default(self) -> str:
        return _("Nothing was put right: choose an act, a question type or entities of this scenario.")


class RatingInvalid(SimulatorError):
    code = "rating_invalid"
    status = 400

    def default(self) -> str:
        return _("Each rating is a whole number from 1 to 5.")


class DisputeInvalid(SimulatorError):
    code = "dispute_invalid"
    status = 400

    def default(self) -> str:
        return _("Choose one of the four types, another one than the report has. The rehearsal must be over.")


class DisputeExists(SimulatorError):
    code = "dispute_exists"

    def default(self) -> str:
        return _("You have disputed this question before. What you said then stands.")


class DisputesTooMany(RateLimited):
    code = "disputes_too_many"

    def default(self) -> str:
        return _(
            "You have disputed a dozen questions within an hour. People look at each of them; go on later."
        )


class ThresholdInvalid(SimulatorError):
    code = "threshold_invalid"
    status = 400

    def default(self) -> str:
        return _("A threshold is a number between 0 and 1.")
