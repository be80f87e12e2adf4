"""The sentences that the scripts of a page say, translated. Braces are filled in by the script."""

from django.urls import reverse
from django.utils.translation import gettext as _

from simulator.models import EndReason

ANY_SESSION = "00000000-0000-0000-0000-000000000000"


def end_reasons() -> dict[str, str]:
    return {str(value): str(label) for value, label in EndReason.choices}


def connection_words() -> dict[str, str]:
    return {
        "connecting": _("Connecting…"),
        "open": _("Connected"),
        "waiting": _("No connection. Trying again in {seconds} s"),
        "refused": _("This page is no longer yours to open. Sign in again."),
        "missing": _("This rehearsal does not exist, or not for you."),
    }


def room_words(student: str) -> dict[str, object]:
    """The teacher's room."""
    return {
        "connection": connection_words(),
        "reasons": end_reasons(),
        "student": student,
        "you": _("You"),
        "typing": _("{name} is writing…").format(name=student),
        "new": _("New"),
        "queued": _("Goes out after {name}'s reply").format(name=student),
        "sending": _("Sending…"),
        "unsent": _("Not sent yet. It goes out when the connection is back."),
        "failed": _("Not sent: {detail}"),
        "gave_up": _("Two minutes without success."),
        "retry": _("Send again"),
        "discard": _("Discard"),
        "left": _("{n} characters left"),
        "over": _("{n} characters too many"),
        "two_minutes": _("Two minutes left."),
        "time_up": _("The time is up."),
        "picture_changed": _("The picture has changed."),
        "ended": _("The rehearsal has ended."),
    }


def _decision_address() -> str:
    """The address of the page that explains a decision, with braces for the script to fill in."""
    address = reverse("decision", args=[ANY_SESSION, 0])
    return address.replace(ANY_SESSION, "{session}").replace("/0/", "/{turn}/")


def console_words() -> dict[str, object]:
    """The supervisors' console."""
    return {
        "connection": connection_words(),
        "reasons": end_reasons(),
        "teacher": _("Teacher"),
        "waiting": _("waiting"),
        "status": {
            "open": _("reading"),
            "predicting": _("the machine is thinking"),
            "auto": _("the machine answers"),
            "backup_wait": _("waits for a person"),
            "verify_wait": _("waits for a check"),
            "decided": _("the reply is on its way"),
            "none": _("waits for the teacher"),
            "ended": _("ended"),
        },
        "route": {
            "certain": _("The machine is sure."),
            "uncertain": _("The machine is unsure: the joint score is above the threshold."),
            "verify": _("Every reply in this room is checked."),
            "seized": _("The room is taken over."),
            "failed": _("The machine failed on this turn."),
            "timeout": _("The machine took too long."),
        },
        "stages": {
            "dialogue_act": _("Act"),
            "question_type": _("Question"),
            "entities": _("Entities"),
            "familiarity": _("Familiar"),
            "scope": _("Belongs"),
            "reply": _("Reply"),
            "joint": _("Joint"),
        },
        "sources": {"rule": _("scenario"), "retrieval": _("memory"), "generic": _("general")},
        "actors": {
            "system": _("system"),
            "machine": _("machine"),
            "you": _("you"),
            "person": _("supervisor"),
        },
        "held": _("{name} is answering"),
        "held_mine": _("You are answering"),
        "seized": _("Taken over by {name}"),
        "seized_mine": _("Taken over by you"),
        "typing": _("The teacher is writing…"),
        "stalls_in": _("the student stalls in {time}"),
        "falls_back_in": _("the fallback is said in {time}"),
        "fallback_due": _("the fallback is due"),
        "alert": _("{room}: a turn is waiting"),
        "title": _("({n}) waiting · Console"),
        "no_candidates": _("No candidate replies. Press T and write the answer yourself."),
        "rejected": _("Rejected: {reason}"),
        "reason_for": _("Why is reply {n} wrong?"),
        "edit": _("Edit"),
        "reject": _("Reject"),
        "again": _("Mind the warning. Press {n} again to send it all the same."),
        "edit_which": _("Edit which reply? Press its number, or Esc."),
        "reject_which": _("Reject which reply? Press its number, or Esc."),
        "you": _("You"),
        "new": _("New"),
        "open": _("Open"),
        "since": _("{scenario}, since {time}"),
        "kinds": {"stall": _("stalling"), "fallback": _("fallback")},
        "notes": {
            "session.seized": _("taken over"),
            "session.handed_back": _("handed back"),
            "session.mode_changed": _("mode changed"),
            "session.ended": _("ended"),
        },
        "layer_names": {
            "dialogue_act": _("Act"),
            "object": _("Object"),
            "dimension": _("Dimension"),
            "operation": _("Operation"),
            "question_type": _("Question type"),
        },
        "layers_help": _("Keys choose, ⌫ takes away, ← → change the layer, Enter sends reply 1."),
        "repaired": _("put right"),
        "doubtful": _("most doubtful"),
        "doubt": _("doubt {value}"),
        "done": _("Done"),
        "explain_url": _decision_address(),
        "edit_of": _("Edit reply {n}"),
        "own": _("Your own reply, as {student}"),
        "sent": _("Sent. It appears at its moment."),
        "taken": _("This turn is yours until you answer, or release it with X."),
        "late": _("The turn had moved on before your reply arrived. Your words are kept here."),
        "draft": _("Kept draft for turn {turn}"),
        "use": _("Put it into the composer"),
        "discard": _("Discard"),
        "offline": _("No connection: nothing was sent. Your words stay in the composer."),
        "nothing_waiting": _("No turn of this room waits for you."),
        "mode": {"backup": _("Backup"), "verify": _("Verify")},
        "messages": _("{n} lines"),
        "uncertainty": _("uncertainty {value}"),
        "doubt_share": _("{value} of the doubt"),
        "blind": _(
            "This study audits at random, so how sure the machine is stays hidden. Bars: where it doubts."
        ),
        "joint_alt": _("Joint uncertainty {value}, threshold {threshold}"),
        "above": _("above the threshold"),
        "below": _("below the threshold"),
        "model": _("{version}, {passes} passes"),
        "score": _("score {value}"),
        "room_ended": _("This rehearsal has ended: {reason}"),
    }
