import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.models import Annotation, Dataset, Item, RunKind, RunStatus, Suggestion, TrainingRun
from annotation.services.run import run_create
from annotation.services.weak_labels import weak_labels_run
from models_zoo.store import ModelStore
from simulator.models import User
from tests.annotation.conftest import an_item
from tests.cast import Cast

PROBING, PROCEDURAL = "Probing and Exploring", "Procedural and Factual"
JSON = {"Accept": "application/json"}
ANNOTATORS_TOO = ["home", "label", "label-next", "label-save", "label-undo"]
RESEARCHERS_ONLY = [
    "import",
    "data",
    "export",
    "weak",
    "weak-run",
    "models",
    "train",
    "deploy",
    "roll-back",
    "loop",
]
POSTED = {"label-save", "label-undo", "import", "weak-run", "train", "deploy", "roll-back"}


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(client: Client, name: str) -> int:
    address = reverse(f"annotation:{name}")
    return (client.post(address) if name in POSTED else client.get(address)).status_code


@pytest.mark.parametrize("name", ["tess", "oscar", "will", "wanda"])
@pytest.mark.parametrize("page", [*ANNOTATORS_TOO, *RESEARCHERS_ONLY])
def test_for_teachers_and_supervisors_there_is_no_such_page(cast: Cast, name: str, page: str):
    assert ask(signed_in(getattr(cast, name)), page) == 404


@pytest.mark.parametrize("page", RESEARCHERS_ONLY)
def test_an_annotator_is_told_that_a_page_is_for_researchers(cast: Cast, page: str):
    assert ask(signed_in(cast.ana), page) == 403


@pytest.mark.parametrize("page", ["home", "label", "label-next"])
def test_an_annotator_reaches_the_queue(cast: Cast, demo: Dataset, page: str):
    assert ask(signed_in(cast.ana), page) == 200


@pytest.mark.parametrize("page", ["home", "weak", "models", "loop"])
def test_a_researcher_reaches_every_page_also_when_nothing_is_there_yet(cast: Cast, page: str):
    assert ask(signed_in(cast.rosa), page) == 200


@pytest.mark.parametrize("page", [*ANNOTATORS_TOO, *RESEARCHERS_ONLY])
def test_a_stranger_is_sent_to_sign_in(db: None, page: str):
    assert ask(Client(), page) == 302


def test_runs_and_versions_are_for_researchers(cast: Cast, store: ModelStore):
    run = run_create(kind=RunKind.RETRAIN)
    for address in (f"/annotation/runs/{run.pk}/", f"/annotation/models/{store.current()}/"):
        assert signed_in(cast.rosa).get(address).status_code == 200
        assert signed_in(cast.ana).get(address).status_code == 403
        assert signed_in(cast.tess).get(address).status_code == 404


def labelling_page(client: Client, query: str = "") -> str:
    return client.get(f"/annotation/label/{query}").content.decode()


def test_a_suggestion_is_marked_on_the_page(cast: Cast, demo: Dataset):
    item = an_item(demo)
    suggest(item)
    page = labelling_page(signed_in(cast.ana), f"?item={item.pk}")
    assert "Suggested, 70" in page
    assert f'data-suggested="{PROBING}"' in page


def test_nothing_of_a_held_back_suggestion_reaches_the_browser(cast: Cast, demo: Dataset):
    item = an_item(demo, holdout=True)
    suggest(item)
    page = labelling_page(signed_in(cast.ana), f"?item={item.pk}")
    assert "Suggested," not in page
    assert 'data-suggested=""' in page


def suggest(item: Item) -> None:
    Suggestion.objects.create(
        item=item,
        model_version="v1",
        label=PROBING,
        probabilities=[0.7, 0.1, 0.1, 0.1],
        predictive_entropy=0.9,
    )


def form_on(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(ticket|txn)" value="([^"]+)"', page))


def test_labelling_works_without_scripts(cast: Cast, demo: Dataset):
    client = signed_in(cast.ana)
    fields = form_on(labelling_page(client))
    answer = client.post("/annotation/label/save/", {**fields, "labels": PROCEDURAL})
    assert (answer.status_code, answer.url) == (302, "/annotation/label/")
    assert Annotation.objects.get().labels == [PROCEDURAL]
    answer = client.post("/annotation/label/undo/")
    assert answer.url == f"/annotation/label/?item={Annotation.objects.first().item_id}"


def test_a_script_gets_the_next_item_with_the_answer_and_a_repeat_stores_nothing(cast: Cast, demo: Dataset):
    client = signed_in(cast.ana)
    page = labelling_page(client)
    held = re.findall(r'data-item="(\d+)"', page)
    fields = form_on(page) | {"labels": PROBING, "active_ms": "1200", "idle_ms": "300", "without": held[0]}
    answers = [client.post("/annotation/label/save/", fields, headers=JSON).json() for _ in range(2)]
    saved = Annotation.objects.get()
    assert (saved.active_ms, saved.idle_ms) == (1200, 300)
    assert [answer["saved"] for answer in answers] == [saved.pk, saved.pk]
    items = [re.findall(r'data-item="(\d+)"', answer["html"]) for answer in answers]
    assert items[0] == items[1]
    assert items[0] != held


def test_several_items_come_in_one_answer(cast: Cast, demo: Dataset):
    fragment = signed_in(cast.ana).get("/annotation/label/next/?count=3").content.decode()
    assert len(set(re.findall(r'data-item="(\d+)"', fragment))) == 3


def test_what_somebody_holds_ahead_is_left_to_them_while_there_is_more(cast: Cast, demo: Dataset):
    demo.items.update(wanted=1)
    taken = re.findall(r'data-item="(\d+)"', labelling_page(signed_in(cast.ana)))
    others = signed_in(cast.rosa)
    assert re.findall(r'data-item="(\d+)"', labelling_page(others)) != taken
    everything_else = ",".join(str(pk) for pk in demo.items.exclude(pk=taken[0]).values_list("pk", flat=True))
    left = others.get(f"/annotation/label/next/?without={everything_else}").content.decode()
    assert re.findall(r'data-item="(\d+)"', left) == taken


def test_the_whole_dialogue_marks_the_question(cast: Cast, demo: Dataset):
    item = an_item(demo)
    page = signed_in(cast.ana).get(f"/annotation/label/dialogue/{item.pk}/").content.decode()
    assert page.count('aria-current="true"') == 1


def test_a_script_gets_refusals_with_a_code(cast: Cast, demo: Dataset):
    client = signed_in(cast.ana)
    fields = form_on(labelling_page(client)) | {"labels": PROBING}
    client.post("/annotation/label/save/", fields, headers=JSON)
    answer = client.post("/annotation/label/save/", {**fields, "txn": "other"}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_labelled")
    assert "first label stands" in answer.json()["error"]["message"]


def test_the_browser_cannot_claim_what_it_was_shown(cast: Cast, demo: Dataset):
    item = an_item(demo, holdout=True)
    suggest(item)
    client = signed_in(cast.ana)
    fields = form_on(labelling_page(client, f"?item={item.pk}"))
    client.post(
        "/annotation/label/save/", {**fields, "labels": PROBING, "suggestion_shown": "true"}, headers=JSON
    )
    assert not Annotation.objects.get().suggestion_shown


def test_the_next_item_comes_as_a_fragment_and_the_last_one_is_followed_by_nothing(cast: Cast, demo: Dataset):
    client = signed_in(cast.ana)
    first = demo.items.order_by("shuffle_key").first()
    fragment = client.get(f"/annotation/label/next/?without={first.pk}").content.decode()
    assert "<html" not in fragment
    assert f'data-item="{first.pk}"' not in fragment
    everything = ",".join(str(pk) for pk in demo.items.values_list("pk", flat=True))
    assert client.get(f"/annotation/label/next/?without={everything}").status_code == 204


def test_undo_gives_a_script_the_item_back(cast: Cast, demo: Dataset):
    client = signed_in(cast.ana)
    fields = form_on(labelling_page(client)) | {"labels": PROBING}
    client.post("/annotation/label/save/", fields, headers=JSON)
    answer = client.post("/annotation/label/undo/", {"txn": uuid4().hex}, headers=JSON).json()
    assert f'data-item="{Annotation.objects.first().item_id}"' in answer["html"]
    assert "Taken back" in answer["html"]
    assert answer["progress"]["labelled"] == 0
    again = client.post("/annotation/label/undo/", {"txn": uuid4().hex}, headers=JSON)
    assert again.json()["error"]["code"] == "nothing_to_undo"


def test_an_empty_queue_says_so(cast: Cast):
    assert "The queue is empty" in labelling_page(signed_in(cast.ana))


def test_what_a_teacher_wrote_is_shown_as_text(cast: Cast, demo: Dataset):
    item = an_item(demo)
    Item.objects.filter(pk=item.pk).update(
        text="<script>alert(1)</script> why?", context=[{"persona": "student", "text": "<b>x</b>"}]
    )
    page = labelling_page(signed_in(cast.ana), f"?item={item.pk}")
    assert "<script>alert" not in page
    assert "&lt;b&gt;x" in page


def upload(client: Client, name: str, content: bytes):
    return client.post("/annotation/import/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_an_upload_leads_to_a_page_that_shows_its_first_rows(cast: Cast, settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    page = upload(signed_in(cast.rosa), "talks.csv", b"qid,conversation\n1,Teacher: (focus)What is it?\n")
    assert "What is it?" in page.content.decode()
    assert not Item.objects.exists()


def test_an_empty_upload_is_refused_at_its_field(cast: Cast):
    page = upload(signed_in(cast.rosa), "talks.jsonl", b"")
    assert page.status_code == 400
    assert "The file is empty" in page.content.decode()


def test_a_run_is_polled_while_it_goes_on_and_no_longer(cast: Cast):
    run = run_create(kind=RunKind.RETRAIN)
    client = signed_in(cast.rosa)
    address = f"/annotation/runs/{run.pk}/"
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'hx-trigger="every 1s"' in fragment
    TrainingRun.objects.update(status=RunStatus.FAILED, message="The disk is full")
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in fragment
    assert "The disk is full" in fragment


def test_asking_twice_for_a_training_is_refused_kindly(cast: Cast):
    run_create(kind=RunKind.RETRAIN)
    answer = signed_in(cast.rosa).post("/annotation/models/train/")
    assert answer.status_code == 409
    assert "under way" in answer.content.decode()


def test_the_rules_page_shows_every_function_and_the_choice(cast: Cast, demo: Dataset):
    run = weak_labels_run()
    page = signed_in(cast.rosa).get("/annotation/rules/").content.decode()
    assert all(each["name"] in page for each in run.functions)
    assert "of the questions with a vote" in page or "accurate on gold" in page


def test_the_models_page_marks_the_version_in_service(cast: Cast, store: ModelStore):
    page = signed_in(cast.rosa).get("/annotation/models/").content.decode()
    assert "in service" in page
    assert f"/annotation/models/{store.current()}/" in page


def test_deploying_an_unknown_version_says_what_is_wrong(cast: Cast, store: ModelStore):
    answer = signed_in(cast.rosa).post("/annotation/models/deploy/", {"version": "../../etc"})
    assert answer.status_code == 409
    assert "no model version" in answer.content.decode()


def test_the_loop_links_its_stations_and_refreshes_itself(cast: Cast, demo: Dataset, store: ModelStore):
    client = signed_in(cast.rosa)
    page = client.get("/annotation/loop/").content.decode()
    for address in ("/sessions/", "/console/", "/annotation/", "/annotation/rules/", "/annotation/models/"):
        assert f'<a href="{address}"><g class="station">' in page
    fragment = client.get("/annotation/loop/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith('<div class="stack')


def test_words_for_scripts_are_on_the_labelling_page(cast: Cast, demo: Dataset):
    page = labelling_page(signed_in(cast.ana))
    words = re.search(r'<script id="words" type="application/json">(.*?)</script>', page, re.S)
    assert json.loads(words[1])["saved"] == "All saved"


@pytest.mark.parametrize("query", ["?dataset=999", "?item=999"])
def test_an_unknown_data_set_or_item_is_not_found(cast: Cast, demo: Dataset, query: str):
    assert signed_in(cast.ana).get(f"/annotation/label/{query}").status_code == 404
