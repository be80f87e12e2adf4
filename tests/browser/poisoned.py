"""Fills the seeded folder $ACTS_VAR with texts that attack their readers: `python -m tests.browser.poisoned`.

Every field that somebody can write has its own name in front, so that a page's text says where it is from.
Writes where things are into places.json.
"""

import json
import os
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

ATTACKS = {
    "script": "<script>window.hurt=1</script>",
    "image": '<img src=x onerror="window.hurt=2">',
    "svg": "<svg onload=window.hurt=3></svg>",
    "link": '<a href="javascript:window.hurt=4">go</a>',
    "attribute": "\"' onfocus=window.hurt=5 autofocus x='",
    "template": "{{7*7}}{% debug %}${7*7}",
    "style": "</style><style>*{display:none}</style>",
    "end": "</script><script>window.hurt=6</script>",
    "bidi": "\u202egnirts \u2066\u0301\U0001f642",
}


def poisoned(field: str, *attacks: str) -> str:
    """The name of a field and attacks, all of them where none is named."""
    return f"~{field}: " + "".join(ATTACKS[one] for one in attacks or ATTACKS)


# What each page that shows it must show, letter by letter.
TEXTS = {
    "person": poisoned("person", "image"),
    "study": poisoned("study", "script", "template"),
    "consent": poisoned("consent"),
    "title": poisoned("title", "script", "image", "template"),
    "task": poisoned("task"),
    "persona": poisoned("persona", "script"),
    "figure": poisoned("figure"),
    "note": poisoned("note"),
    "question": poisoned("question"),
    "message": poisoned("message"),
    "candidate": poisoned("candidate"),
    "remark": poisoned("remark"),
    "row": poisoned("row", "script", "image", "template", "svg"),
    "dataset": poisoned("dataset", "script", "image", "template"),
    "column": poisoned("column", "script", "image"),
    "file": poisoned("file", "image", "template").replace("/", "") + ".csv",
    "label": poisoned("label"),
    "rule": poisoned("rule", "script", "image"),
    "body": poisoned("body", "script", "svg"),
    "experiment": poisoned("experiment", "script", "image"),
    "guidelines": poisoned("guidelines"),
    "definition": poisoned("definition"),
}


def scenario() -> str:
    """The shipped scenario with attacks in what its author writes; nobody answers but who is asked to."""
    import yaml

    from tests.live_scenarios import SURE, variant

    content = yaml.safe_load(variant(SURE))
    content |= {"slug": "poisoned", "title": TEXTS["title"], "task": [TEXTS["task"]]}
    content["persona"] |= {"name": TEXTS["persona"], "misconception": TEXTS["note"], "profile": TEXTS["note"]}
    content["figure"] |= {"title": TEXTS["figure"], "scale_note": TEXTS["note"]}
    content["ratings"][0] |= {"question": TEXTS["question"], "low": TEXTS["note"]}
    content["timing"] = {"stall_after_s": 600, "fallback_after_s": 1200, "time_limit_s": 7200}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def rehearsals(study: Any, mallory: Any, will: Any) -> dict[str, Any]:
    """One that waits for a supervisor, and one that has ended."""
    from simulator import clock
    from simulator.models import Turn
    from simulator.services.message import message_post
    from simulator.services.scenario import scenario_install
    from simulator.services.session import session_end, session_rate, session_start
    from simulator.services.supervision import candidate_reject, turn_claim
    from simulator.services.turn import turn_predict, turns_take
    from tests.contracts.test_leaks import _prediction

    installed = scenario_install(source=scenario())

    def asked(joint: float, **more: Any) -> Any:
        session = session_start(teacher=mallory, study=study, scenario=installed, pacing_scale=0.0, **more)
        message_post(session=session, teacher=mallory, client="tab", txn="m1", text=TEXTS["message"])
        (turn,) = turns_take(engine="engine:test", limit=1)
        candidate = {"text": TEXTS["candidate"], "source": "rule", "score": 0.6, "rule": "r", "effects": []}
        found = replace(_prediction(turn, joint), candidates=[candidate, candidate])
        turn_predict(turn=turn, prediction=found)
        return session

    ended = asked(0.1)
    clock.tick()
    session_end(session=ended, reason="finished", actor=mallory.actor)
    session_rate(session=ended, teacher=mallory, ratings={"realism": 2}, comment=TEXTS["remark"])
    waiting = asked(0.9)
    epoch = turn_claim(session=waiting, number=1, user=will).epoch
    candidate_reject(session=waiting, number=1, user=will, epoch=epoch, candidate=1, reason=TEXTS["remark"])
    Turn.objects.filter(session=waiting).update(lease_until=None, holder="")
    return {"ended": str(ended.public_id), "waiting": str(waiting.public_id), "scenario": installed.pk}


def labels(rosa: Any, ana: Any) -> dict[str, Any]:
    """An uploaded file, questions from it, labels with comments, a rule, a study, a codebook."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from annotation.models import Dataset, Item, LabellingStudy, Rule, RuleVersion
    from annotation.services.annotation import Judgement, annotation_save
    from annotation.services.codebook import codebook_current, codebook_publish
    from annotation.services.file_import import file_receive
    from annotation.services.item import items_collect
    from annotation.services.ticket import ticket_issue
    from models_zoo.labels import QUESTION_TYPES
    from simulator.models import Role, User

    current = codebook_current()
    types = [{**kind, "definition": TEXTS["definition"]} for kind in current.types]
    codebook_publish(title=TEXTS["experiment"], guidelines=TEXTS["guidelines"], types=types)
    quoted = [TEXTS[name].replace('"', '""') for name in ("column", "row")]
    content = f'id,text,"{quoted[0]}"\n1,"{quoted[1]}","{quoted[1]}"\n'.encode()
    upload = SimpleUploadedFile("x.csv", content)
    upload._name = TEXTS["file"]  # a browser may send any name
    uploaded = file_receive(viewer=rosa, upload=upload)
    items_collect()
    items = list(Item.objects.filter(text=TEXTS["message"].strip()))
    dataset = Dataset.objects.create(name=TEXTS["dataset"], source="import", origin=TEXTS["note"])
    items.append(
        Item.objects.create(
            dataset=dataset,
            key="1",
            text=TEXTS["row"],
            shuffle_key=0,
            place=0,
            wanted=1,
            context=[{"persona": "student", "text": TEXTS["candidate"]}],
        )
    )
    other = User.objects.create_user("moriarty", role=Role.ANNOTATOR, display_name=TEXTS["person"])
    other.studies.set(ana.studies.all())
    for person, said in (
        (ana, "Other"),
        (other, QUESTION_TYPES[0]),
    ):  # they disagree
        ticket = ticket_issue(viewer=person, item=items[0])
        judgement = Judgement(labels=(said,), comment=TEXTS["label"])
        annotation_save(viewer=person, ticket_id=str(ticket.pk), txn=uuid.uuid4().hex, judgement=judgement)
    rule = Rule.objects.create(name="poisoned", kind="keywords")
    RuleVersion.objects.create(
        rule=rule, number=1, description=TEXTS["rule"], label="Other", body=TEXTS["body"], author=rosa
    )
    study = LabellingStudy.objects.create(
        title=TEXTS["experiment"], dataset=dataset, codebook=current, arms=["classical"], size=1, seed="s"
    )
    return {
        "import": uploaded.pk,
        "item": items[0].pk,
        "dataset": dataset.pk,
        "rule": rule.pk,
        "study": study.pk,
    }


def main() -> dict[str, Any]:
    from simulator.models import Role, Study, User
    from simulator.services.study import consent_give, consent_text_publish

    study = Study.objects.get(slug="demo")
    study.title = TEXTS["study"]
    study.save()
    text = consent_text_publish(study=study, text=TEXTS["consent"])
    mallory = User.objects.create_user(
        "mallory", password="mallory-demo", role=Role.TEACHER, display_name=TEXTS["person"]
    )
    study.members.add(mallory)
    consent_give(person=mallory, text=text)
    people = {name: User.objects.get(username=name) for name in ("will", "ana", "rosa")}
    return rehearsals(study, mallory, people["will"]) | labels(people["rosa"], people["ana"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    Path(os.environ["ACTS_VAR"], "places.json").write_text(json.dumps(main()))
