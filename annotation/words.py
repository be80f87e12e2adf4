"""Sentences that scripts show, translated here; ``{name}`` is filled in by the script."""

from django.utils.translation import gettext as _


def label_words() -> dict[str, str]:
    """For the labelling page."""
    return {
        "saved": _("All saved"),
        "saving": _("Saving"),
        "waiting": _("{n} not saved yet, trying again"),
        "offline": _("No connection: {n} kept here and sent later"),
        "signedOut": _("You are signed out. Sign in in another tab; {n} kept here and sent then."),
        "chooseFirst": _("Choose a type first."),
        "noted": _("{label}. Next question."),
        "skipped": _("Skipped. Next question."),
        "undone": _("Taken back."),
        "undoOffline": _("Undo needs the connection. Try again in a moment."),
        "revealed": _("Your answer is kept. Here is the suggestion: keep your answer, or change it."),
        "revealOffline": _(
            "The suggestion cannot be fetched now. Your answer is sent again until the connection is back."
        ),
        "noDialogue": _("The rest of the dialogue cannot be fetched just now."),
        "keysSaved": _("Your keys are changed, here and wherever you sign in."),
        "keysOffline": _("Your keys could not be saved: no connection, or you are signed out. Try again."),
        "noNext": _("The next question cannot be fetched just now. It comes when the connection is back."),
        "rank1": _("1st"),
        "rank2": _("2nd"),
        "rank3": _("3rd"),
        "rank4": _("4th"),
        "shortcutsOn": _("Keys are on"),
        "shortcutsOff": _("Keys are off"),
        "issueOn": _("Data issue flagged."),
        "issueOff": _("Data issue taken off."),
        "leave": _("Some labels are not saved yet."),
    }
