import pytest

from models_zoo.corpora import grammar
from models_zoo.corpora.build import OUTPUT, CorpusError, corpus_text, handwritten_lines
from models_zoo.corpora.lexicon import entity_spans
from models_zoo.labels import DIALOGUE_ACTS, ENTITY_KINDS, QUESTION_TYPES
from models_zoo.training import load_corpus


def marked(text):
    return [(text[start:end], kind) for start, end, kind in entity_spans(text)]


def test_the_stored_corpus_is_what_its_sources_build():
    assert OUTPUT.read_text(encoding="utf-8") == corpus_text()


def test_every_label_occurs_among_the_hand_written_lines():
    written = [e for e in load_corpus() if e.group.startswith("handwritten/")]
    assert len(written) > 700
    assert {e.dialogue_act for e in written} == set(DIALOGUE_ACTS)
    assert {e.question_type for e in written} == set(QUESTION_TYPES)
    assert {kind for e in written for _, _, kind in e.entities} == set(ENTITY_KINDS)


def test_no_utterance_occurs_twice():
    texts = [e.text.lower() for e in load_corpus()]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Is the Blue rectangle's longer side 2.5 cm?",
            [("Blue rectangle", "object"), ("longer side", "dimension"), ("2.5", "number")],
        ),
        ("What scale factor, 3?", [("scale factor", "scale_factor"), ("3", "number")]),
        ("2/3 is two thirds", [("2/3", "number"), ("two thirds", "number")]),
        ("4 x 3", [("4", "number"), ("x", "operation"), ("3", "number")]),
        ("solve for x", []),
        ("I addressed him", []),
    ],
)
def test_the_lexicon_marks(text, expected):
    assert marked(text) == expected


def test_the_grammar_repeats_itself_by_seed_only():
    assert list(grammar.lines(1)) == list(grammar.lines(1))
    assert list(grammar.lines(1)) != list(grammar.lines(2))


def test_no_slot_stays_open():
    assert not any("{" in text or "}" in text for text, *_ in grammar.lines(0))


@pytest.mark.parametrize("content", ["hello\n", "## Shout | Other\nhello\n"])
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path, content):
    path = tmp_path / "broken.txt"
    path.write_text(content)
    with pytest.raises(CorpusError, match=r"broken\.txt, line 1"):
        list(handwritten_lines(path))
