import pytest

from models_zoo.backbones import load_backbone
from models_zoo.encoding import IGNORED, TaggedSpan, encode, spans_of_tags, tag_targets
from models_zoo.labels import TAGS


@pytest.fixture(scope="module")
def tokenizer(tiny_backbone):
    return load_backbone(tiny_backbone).tokenizer


def test_spans_survive_the_way_to_tags_and_back(tokenizer):
    text = "Is 2/3 of the blue parallelogram's base 12.5?"
    spans = [(3, 6, "number"), (14, 32, "object"), (35, 39, "dimension"), (40, 44, "number")]
    batch = encode(tokenizer, [text, "ok"])
    words = batch.words[0]
    targets = tag_targets(batch, [spans, []])
    read = spans_of_tags([int(targets[0, word.token]) for word in words])
    assert [(words[s.first].start, words[s.last].end, s.kind) for s in read] == spans


def test_pieces_inside_words_padding_and_unlabelled_rows_are_ignored(tokenizer):
    batch = encode(tokenizer, ["parallelograms enlarge", "ok", "blue"])
    targets = tag_targets(batch, [[], [], None])
    assert (targets[0] != IGNORED).sum() == 2
    assert (targets[1] != IGNORED).sum() == 1
    assert (targets[2] == IGNORED).all()


def test_an_inside_tag_without_a_beginning_opens_a_span():
    inside, begin, outside = TAGS.index("I-object"), TAGS.index("B-object"), 0
    other = TAGS.index("I-number")
    assert spans_of_tags([outside, inside, inside, begin, other]) == [
        TaggedSpan("object", 1, 2),
        TaggedSpan("object", 3, 3),
        TaggedSpan("number", 4, 4),
    ]


def test_an_empty_utterance_has_no_words(tokenizer):
    assert encode(tokenizer, [""]).words == ((),)


def test_long_utterances_are_cut(tokenizer):
    assert encode(tokenizer, ["why " * 400]).input_ids.shape == (1, 128)
