"""What can go wrong, as people are told it. Each error has a stable code and says fault and mend."""

from django.utils.translation import gettext as _


class AnnotationError(Exception):
    """Base of every refusal that a person or a program may meet."""

    code = "refused"
    status = 409

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.default())

    def default(self) -> str:
        return _("That is not possible now.")


class NotFound(AnnotationError):
    """The thing does not exist, or does not for this person: the two look the same on purpose."""

    code = "not_found"
    status = 404

    def default(self) -> str:
        return _("There is nothing here for you under this address.")


class NotAllowed(AnnotationError):
    code = "not_allowed"
    status = 403

    def default(self) -> str:
        return _("Only researchers may do this. Ask one to do it, or to change your role.")


class LabelInvalid(AnnotationError):
    code = "label_invalid"
    status = 400

    def default(self) -> str:
        return _("Choose at least one of the question types, each at most once.")


class AlreadyLabelled(AnnotationError):
    code = "already_labelled"

    def default(self) -> str:
        return _("You have already labelled this question, perhaps in another tab. The first label stands.")


class TicketUnknown(AnnotationError):
    code = "ticket_unknown"

    def default(self) -> str:
        return _("This page is out of date. Reload it and label the question again.")


class FirstAnswerMissing(AnnotationError):
    code = "first_answer_missing"

    def default(self) -> str:
        return _("Answer this question once by yourself first; the suggestion is shown after that.")


class NothingToUndo(AnnotationError):
    code = "nothing_to_undo"

    def default(self) -> str:
        return _("There is nothing left to undo.")


class StudyRefused(AnnotationError):
    """Its message says what is wrong with the study's plan or state."""

    code = "study_refused"


class KeysInvalid(AnnotationError):
    """Its message names the act and the key, so there is no general one."""

    code = "keys_invalid"
    status = 400


class DecisionInvalid(AnnotationError):
    code = "decision_invalid"
    status = 400

    def default(self) -> str:
        return _("Choose one question type, or flag Data Issues to put the question aside.")


class AlreadyDecided(AnnotationError):
    code = "already_decided"

    def default(self) -> str:
        return _(
            "Somebody has decided about this question meanwhile. Their decision stands; go on to the next."
        )


class CodebookInvalid(AnnotationError):
    code = "codebook_invalid"
    status = 400

    def default(self) -> str:
        return _("A codebook needs a title, guidelines, and a definition for each of its types.")


class FileRefused(AnnotationError):
    """A file that cannot be read from some line on; ``stored`` says how much of it is stored before that."""

    code = "file_refused"
    status = 400

    def __init__(self, *, line: int, reason: str, stored: int = 0) -> None:
        outcome = (
            _("The %(count)d records before it are settled.") % {"count": stored}
            if stored
            else _("Nothing was imported.")
        )
        super().__init__(
            _("Line %(line)d: %(reason)s %(outcome)s") % {"line": line, "reason": reason, "outcome": outcome}
        )
        self.line = line
        self.reason = reason


class FileTooLarge(AnnotationError):
    code = "file_too_large"
    status = 413

    def __init__(self, *, most_mb: int) -> None:
        super().__init__(
            _("The file is larger than %(most)d MB. Split it, or ask who runs the server to raise the limit.")
            % {"most": most_mb}
        )


class FileGone(AnnotationError):
    code = "file_gone"

    def default(self) -> str:
        return _(
            "This file has been imported to its end and is no longer kept. Upload it again to read it anew."
        )


class RunActive(AnnotationError):
    code = "run_active"

    def default(self) -> str:
        return _("A run of this kind is under way. Wait for it to end, or cancel it first.")


class RunEnded(AnnotationError):
    code = "run_ended"

    def default(self) -> str:
        return _("This run has ended already.")


class VersionRefused(AnnotationError):
    """The model store does not hand out this version; its own message says why."""

    code = "version_refused"


class NothingToTrainOn(AnnotationError):
    code = "nothing_to_train_on"

    def default(self) -> str:
        return _("There is nothing to train on yet: import dialogues, or label some questions first.")


class RuleInvalid(AnnotationError):
    """A labelling function that cannot be saved; its message says what is wrong."""

    code = "rule_invalid"
    status = 400


class RuleChanged(AnnotationError):
    code = "rule_changed"

    def default(self) -> str:
        return _(
            "Somebody has saved another version of this function meanwhile. Look at theirs; your text is "
            "still here, and saving again puts it on top."
        )
