"""Utterances as token tensors, and entity spans as tags over words.

A word is what the tokenizer splits at spaces and punctuation. A word carries one tag, read and trained at its
first word piece, so no entity ever ends inside a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models_zoo.backbones import MAX_TOKENS, Tokenizer
from models_zoo.labels import TAGS

Span = tuple[int, int, str]  # first character, one past the last, kind

IGNORED = -100  # what cross entropy leaves out


@dataclass(frozen=True, slots=True)
class Word:
    """``utterance[start:end]``, whose first piece is token ``token`` of its row."""

    token: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Batch:
    """``input_ids`` and ``attention_mask`` of shape (B, L), padded to the longest row; words per row."""

    input_ids: Tensor
    attention_mask: Tensor
    words: tuple[tuple[Word, ...], ...]


def encode(tokenizer: Tokenizer, texts: Sequence[str], *, max_tokens: int = MAX_TOKENS) -> Batch:
    """Tokenize; what lies beyond ``max_tokens`` word pieces is cut off."""
    encoded = tokenizer(
        list(texts),
        padding="longest",
        truncation=True,
        max_length=max_tokens,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = encoded["offset_mapping"].tolist()
    words = tuple(_words(encoded.word_ids(row), offsets[row]) for row in range(len(texts)))
    return Batch(encoded["input_ids"], encoded["attention_mask"], words)


def _words(word_ids: Sequence[int | None], offsets: Sequence[Sequence[int]]) -> tuple[Word, ...]:
    words: dict[int, Word] = {}
    for token, (word, (start, end)) in enumerate(zip(word_ids, offsets, strict=True)):
        if word is None:  # [CLS], [SEP] and padding
            continue
        first = words.get(word)
        words[word] = Word(token, start, end) if first is None else Word(first.token, first.start, end)
    return tuple(words.values())


def tag_targets(batch: Batch, spans: Sequence[Sequence[Span] | None]) -> Tensor:
    """Tag indices ``(B, L)`` at the first piece of each word, ``IGNORED`` elsewhere and on rows of None."""
    targets = torch.full(batch.input_ids.shape, IGNORED)
    for row, (words, row_spans) in enumerate(zip(batch.words, spans, strict=True)):
        if row_spans is None:
            continue
        for word in words:
            targets[row, word.token] = TAGS.index(_tag(word, row_spans))
    return targets


def _tag(word: Word, spans: Sequence[Span]) -> str:
    for start, end, kind in spans:
        if start <= word.start < end:
            return f"B-{kind}" if word.start == start else f"I-{kind}"
    return "O"


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """Words ``first`` to ``last`` (inclusive) of a row, read as one entity."""

    kind: str
    first: int
    last: int


def spans_of_tags(tags: Sequence[int]) -> list[TaggedSpan]:
    """Join word tags to spans; an I without a B of its kind before it opens a span."""
    spans: list[TaggedSpan] = []
    for position, index in enumerate(tags):
        prefix, _, kind = TAGS[index].partition("-")
        if prefix == "O":
            continue
        previous = spans[-1] if spans else None
        joins = previous is not None and previous.kind == kind and previous.last == position - 1
        if prefix == "I" and joins and previous is not None:
            spans[-1] = TaggedSpan(kind, previous.first, position)
        else:
            spans.append(TaggedSpan(kind, position, position))
    return spans
