import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from models_zoo.encoding import encode
from models_zoo.labels import DIALOGUE_ACTS, ENTITY_KINDS, QUESTION_TYPES, TAGS
from models_zoo.serving.predictor import entities_of, load_predictor
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.uncertainty.measures import measures_of
from models_zoo.uncertainty.one_pass import Belief
from models_zoo.uncertainty.passes import draw_passes

TEXT = "What is the length of the blue one?"


@pytest.fixture(scope="module")
def predictor(tiny_store):
    store, _ = tiny_store
    return load_predictor(store)


def plain(understood):
    return [said.to_json() for said in understood]


def test_an_answer_has_every_part(predictor, tiny_store):
    (said,) = predictor.understand([TEXT], passes=5, seed=9)
    assert said.text == TEXT
    assert said.dialogue_act.labels == DIALOGUE_ACTS
    assert said.question_type.labels == QUESTION_TYPES
    assert sum(said.question_type.probabilities) == pytest.approx(1)
    assert (said.passes, said.seed, said.model_version) == (5, 9, tiny_store[1])
    assert np.linalg.norm(said.embedding) == pytest.approx(1, abs=1e-5)
    doubt = said.question_type.uncertainty
    assert doubt.predictive_entropy == pytest.approx(doubt.expected_entropy + doubt.mutual_information)
    assert doubt.mutual_information > 0


def test_entities_are_slices_of_the_text(predictor):
    said = predictor.understand([TEXT, "  3/4 of the reds?!  ", "parallelograms"], passes=2)
    entities = [(one.text, entity) for one in said for entity in one.entities]
    assert all(entity.text == text[entity.start : entity.end] for text, entity in entities)
    assert {entity.kind for _, entity in entities} <= set(ENTITY_KINDS)


def test_a_span_and_the_utterance_are_as_doubtful_as_their_least_certain_word(predictor):
    (batch,) = [encode(predictor.tokenizer, [TEXT])]
    words = batch.words[0]
    drawn = draw_passes(
        predictor.model, batch.input_ids[0], passes=6, seed=4, temperature=predictor.manifest.calibration
    )
    measures = measures_of(drawn.tags[:, [word.token for word in words]])
    tags = [TAGS.index(tag) for tag in ("O", "O", "O", "B-dimension", "O", "O", "B-object", "I-object")]
    read = torch.eye(len(TAGS))[tags[: len(words)] + [0] * (len(words) - len(tags))]
    spans, utterance = entities_of(TEXT, words, Belief(read, measures))

    def least_certain(first, last):
        place = first + int(measures.predictive_entropy[first : last + 1].argmax())
        return measures.at(place)

    assert utterance == least_certain(0, len(words) - 1)
    assert [(one.text, one.uncertainty) for one in spans] == [
        (words_of_span(words, 3, 3), least_certain(3, 3)),
        (words_of_span(words, 6, 7), least_certain(6, 7)),
    ]
    assert all(value is not None for one in spans for value in one.uncertainty.to_json().values())


def words_of_span(words, first, last):
    return TEXT[words[first].start : words[last].end]


def test_the_same_question_gets_the_same_answer_in_any_company(predictor):
    alone = predictor.understand([TEXT], passes=4, seed=1)
    together = predictor.understand(
        ["Hello!", TEXT, "Why on earth would you multiply there?"], passes=4, seed=1
    )
    for one, other in zip(plain(alone), plain(together[1:2]), strict=True):
        assert one["dialogue_act"] == other["dialogue_act"]
        assert one["entities"] == other["entities"]
        assert one["familiarity"] == pytest.approx(other["familiarity"], abs=1e-5)


def test_threads_do_not_disturb_each_other(predictor):
    expected = plain(predictor.understand([TEXT], passes=4, seed=2))
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: predictor.understand([TEXT], passes=4, seed=2), range(6)))
    assert all(plain(answer) == expected for answer in answers)


def test_a_training_utterance_is_wholly_familiar_and_gibberish_less(predictor):
    known, strange = predictor.understand([TEXT, "zxq vvk jjj"], passes=1)
    assert known.familiarity > 0.999
    assert strange.familiarity < known.familiarity


def test_an_empty_utterance_is_read_too(predictor):
    (said,) = predictor.understand([""], passes=2)
    assert said.entities == ()
    assert said.entity_uncertainty.predictive_entropy == 0


def test_nothing_asked_is_nothing_answered(predictor):
    assert predictor.understand([]) == []
    assert predictor.embed([]).shape == (0, 32)


def test_embeddings_are_unit_rows_in_order(predictor):
    rows = predictor.embed([TEXT, "why"] * 20)
    assert rows.shape == (40, 32)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows[0], rows[38], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_loaded_version_says_what_it_said_before(tiny_store, predictor):
    again = load_predictor(tiny_store[0], tiny_store[1])
    assert plain(again.understand([TEXT], passes=3)) == plain(predictor.understand([TEXT], passes=3))


def test_reading_leaves_the_global_generator_alone(predictor):
    before = torch.random.get_rng_state()
    predictor.understand([TEXT], passes=2)
    assert torch.equal(before, torch.random.get_rng_state())


def test_without_a_current_version_the_mend_is_named(own_store):
    with pytest.raises(ModelStoreError, match="models_zoo demo") as caught:
        load_predictor(own_store)
    assert caught.value.code == "no_current_version"


def test_other_backbone_weights_are_refused(tiny_store, tmp_path):
    store, version = tiny_store
    manifest = store.manifest(version)
    copy = ModelStore(tmp_path)
    other = copy.publish(
        lambda folder: shutil.copytree(store.path(version), folder, dirs_exist_ok=True),
        manifest.model_copy(update={"backbone_sha256": "0" * 64}),
    )
    with pytest.raises(ModelStoreError, match="other weights") as caught:
        load_predictor(copy, other)
    assert caught.value.code == "other_backbone"
