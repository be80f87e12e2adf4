"""The shipped model on utterances that are not in the corpus."""

import pytest

from models_zoo.serving.predictor import load_predictor
from models_zoo.store import DEMO, ModelStore
from models_zoo.training import TrainingConfig, load_corpus
from models_zoo.training.examples import normalised

PROBING, FACTUAL, CUEING, OTHER = (
    "Probing and Exploring",
    "Procedural and Factual",
    "Expository and Cueing",
    "Other",
)

UNSEEN = [
    ("Hello Nina, nice to see you here!", "Connect", OTHER),
    ("What is the length of the yellow rectangle?", "Pump/Value", FACTUAL),
    ("ok so how wide is the pink one then", "Pump/Value", FACTUAL),
    ("What is 8 times 6?", "Pump/Value", FACTUAL),
    ("Why did you add 5 to both of them?", "Pump/Clarification", PROBING),
    ("Please explain how you found the height.", "Pump/Clarification", PROBING),
    ("Can you tell me how you know that it is 14?", "Pump/Clarification", PROBING),
    ("What does enlargement mean?", "Pump/Testing", PROBING),
    ("You have to multiply both lengths by the scale factor.", "Inform", CUEING),
    ("Well done, that is correct!", "Feedback/Positive", OTHER),
    ("No, that is not correct.", "Feedback/Negative", OTHER),
    ("Did you see the cartoon on television yesterday?", "None", OTHER),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    store = ModelStore(tmp_path_factory.mktemp("models"))
    store.ensure_demo()
    return load_predictor(store)


@pytest.fixture(scope="module")
def read(demo):
    return {said.text: said for said in demo.understand([text for text, *_ in UNSEEN], passes=10)}


def test_the_sentences_below_are_not_in_the_corpus():
    known = {normalised(example.text) for example in load_corpus()}
    assert known.isdisjoint({normalised(text) for text, *_ in UNSEEN})


@pytest.mark.parametrize(("text", "act", "question_type"), UNSEEN)
def test_it_reads_a_plain_sentence(read, text, act, question_type):
    assert read[text].dialogue_act.label == act
    assert read[text].question_type.label == question_type


def test_it_finds_object_dimension_and_numbers(read, demo):
    found = {(entity.text, entity.kind) for entity in read[UNSEEN[1][0]].entities}
    assert found == {("length", "dimension"), ("yellow rectangle", "object")}
    (said,) = demo.understand(["Is 3/4 of the red bar longer than 12?"], passes=5)
    assert {("3/4", "number"), ("red bar", "object"), ("12", "number")} <= {
        (entity.text, entity.kind) for entity in said.entities
    }


def test_it_is_less_sure_and_less_familiar_with_gibberish(read, demo):
    plain = read[UNSEEN[1][0]]
    (strange,) = demo.understand(["blorf wug the zindle of quaxity"], passes=10)
    assert strange.familiarity < plain.familiarity
    unsure, sure = strange.dialogue_act, plain.dialogue_act
    assert unsure.normalised_entropy > sure.normalised_entropy
    assert unsure.uncertainty.mutual_information > sure.uncertainty.mutual_information


def test_it_ships_in_under_two_megabytes_with_its_scores():
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 2_000_000
    assert {path.suffix for path in DEMO.rglob("*") if path.is_file()} == {".json", ".safetensors"}


def test_it_says_in_one_pass_what_a_hundred_would(demo):
    (said,) = demo.understand([UNSEEN[1][0]], passes=30)
    assert (said.passes, demo.estimator.split("/")[0]) == (1, "one_pass")
    ranking = demo.manifest.distillation.ranking
    assert min(one.mutual_information for one in ranking.values()) > 0.95
    assert min(one.predictive_entropy for one in ranking.values()) > 0.98


def test_it_was_trained_with_the_settings_that_are_the_default(demo):
    default = TrainingConfig().to_json()
    told = ("head_dropout", "encoder_dropout", "token_masking", "epochs", "shared_share")
    assert {name: demo.manifest.training[name] for name in told} == {name: default[name] for name in told}
    assert demo.manifest.training["encoder_dropout"] == 0


def test_its_stated_scores_are_those_of_lines_it_never_saw(demo):
    assert demo.manifest.metrics["question_type_accuracy"].n > 150
    assert demo.manifest.metrics["question_type_macro_f1"].low > 0.8


def test_installing_it_twice_changes_nothing(tmp_path):
    store = ModelStore(tmp_path)
    first = store.ensure_demo()
    assert store.ensure_demo() == first
    assert [manifest.version for manifest in store.versions()] == [first]
