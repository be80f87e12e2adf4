"""What Label Studio gets and gives, without a server: the rest is in tests/integration."""

from xml.etree import ElementTree

import pytest
from django.test import Client as Browser
from django.urls import reverse

from annotation.errors import NotFound
from annotation.label_studio.config import labelling_config
from annotation.label_studio.connection import AddressInvalid, server_now, server_save
from annotation.label_studio.errors import NotConnected, SecretLost
from annotation.label_studio.projects import push_request, same_config
from annotation.label_studio.results import Judgement, judgement_of, result_of
from annotation.label_studio.secret import seal, unseal
from annotation.label_studio.takeover import conflict_decide
from annotation.label_studio.tasks import NOTHING_BEFORE, data_of
from annotation.models import Dataset
from annotation.services.codebook import codebook_current
from annotation.services.run import run_execute
from tests.cast import Cast

TYPES = [{"label": 'A & "B"', "definition": "<first>"}, {"label": "C", "definition": ""}]


def test_the_page_has_a_key_for_every_type_and_a_control_for_the_second_choice():
    page = ElementTree.fromstring(labelling_config(TYPES))  # noqa: S314 (our own)
    first, second, _issue = page.findall("Choices")
    assert [choice.get("hotkey") for choice in first] == ["1", "2"]
    assert [choice.get("value") for choice in second] == ['A & "B"', "C"]
    keys = [choice.get("hotkey") for choice in page.iter("Choice")]
    assert len(set(keys)) == len(keys)
    variables = {tag.get("value") for tag in page.findall("Text")}
    assert variables == {"$context", "$question"}


def test_a_task_has_what_the_page_shows():
    task = data_of(key="k", group="g", text="Why?", turns=[{"persona": "student", "text": "Nine."}])
    assert (task["context"], task["question"]) == ("Student: Nine.", "Why?")
    assert data_of(key="k", group="", text="Why?", turns=[])["context"] == NOTHING_BEFORE


@pytest.mark.parametrize(
    "judged",
    [
        Judgement(("B", "A")),
        Judgement(("B", "A", "C")),
        Judgement((), data_issue=True),
        Judgement(("A",), True, 'Look, "this"\nhere'),
    ],
)
def test_a_judgement_survives_its_way_there_and_back(judged: Judgement):
    assert judgement_of(result_of(judged)) == judged


@pytest.mark.parametrize("result", [None, "x", [3], [{"value": 3}], [{"value": {"choices": [1, None]}}]])
def test_an_odd_result_says_nothing_and_breaks_nothing(result: object):
    assert judgement_of(result) == Judgement()


def test_pages_are_compared_without_white_space():
    assert same_config("<View> <Text a='1' b='2'/></View>", '<View><Text b="2" a="1"></Text></View>')
    assert not same_config("<View/>", "<View><Text/></View>")
    assert not same_config("<View", "<View/>")


def test_a_sealed_token_is_read_only_with_the_same_key(settings):
    sealed = seal("a-token")
    assert b"a-token" not in sealed
    assert unseal(sealed) == "a-token"
    settings.SECRET_KEY = "another"
    with pytest.raises(SecretLost, match="Enter it again"):
        unseal(sealed)


@pytest.mark.parametrize("url", ["", "labels.example.org", "ftp://x.org", "https://u:p@x.org", "http://"])
def test_an_address_must_be_one_of_a_web_server(cast: Cast, url: str):
    with pytest.raises(AddressInvalid):
        server_save(viewer=cast.rosa, url=url, token="t")


def test_a_token_is_never_sent_to_an_address_it_was_not_given_for(cast: Cast):
    server = server_save(viewer=cast.rosa, url="http://127.0.0.1:9/", token="t")
    run_execute(run_id=server.run_id)
    with pytest.raises(NotConnected):
        server_save(viewer=cast.rosa, url="http://127.0.0.1:10", token="")
    assert server_now().url == "http://127.0.0.1:9"


def test_a_server_that_is_not_there_fails_the_run_and_shows_no_token(cast: Cast, capfd):
    server = server_save(viewer=cast.rosa, url="http://127.0.0.1:9", token="secret-token")
    done = run_execute(run_id=server.run_id)
    assert "does not answer" in done.message
    browser = Browser()
    browser.force_login(cast.rosa)
    page = browser.get(reverse("annotation:label-studio")).content.decode()
    said = capfd.readouterr()
    assert "secret-token" not in page + done.log + said.out + said.err


def test_nothing_is_sent_without_a_connection(cast: Cast):
    dataset = Dataset.objects.create(name="d", source="import")
    with pytest.raises(NotConnected):
        push_request(viewer=cast.rosa, dataset_id=dataset.pk)
    with pytest.raises(NotFound):
        push_request(viewer=cast.rosa, dataset_id=dataset.pk + 1)
    with pytest.raises(NotFound):
        conflict_decide(viewer=cast.rosa, label_id=1, take_theirs=True)


def test_the_shipped_codebook_makes_a_page(db: None):
    assert 'hotkey="4"' in labelling_config(codebook_current().types)
