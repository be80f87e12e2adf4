"""A seeded grammar of teacher utterances.

It multiplies colours, lengths, numbers and operations through a few dozen sentence frames, so that the
tagger meets them in many places. What it cannot give is variety of wording: that comes from the
hand-written lines, and only those are ever held out for scoring.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from models_zoo.corpora.lexicon import COLOURS

Line = tuple[str, str, str, str]  # text, dialogue act, question type, group

VALUE, CLARIFICATION, TESTING = "Pump/Value", "Pump/Clarification", "Pump/Testing"
PROBING, FACTUAL, CUEING = "Probing and Exploring", "Procedural and Factual", "Expository and Cueing"

# (dialogue act, question type) -> frames; words in braces are slots.
FRAMES: dict[tuple[str, str], tuple[str, ...]] = {
    (VALUE, FACTUAL): (
        "what is the {dimension} of the {colour} {figure}?",
        "how {extent} is the {colour} {figure}?",
        "can you find the {dimension} of the {colour} one?",
        "what is {n} times {n}?",
        "what {dimension} do you get with a scale factor of {n}?",
        "what is the scale factor from the {colour} {figure} to the {colour} {figure}?",
        "if the scale factor is {n}, what is the new {dimension}?",
        "enlarge the {colour} {figure} by a scale factor of {n}, what {dimension} does it have?",
        "what fraction of the {colour} bar is shaded?",
        "which is larger, {fraction} or {fraction}?",
        "what is {fraction} of {n}?",
        "how many {thing} are there if {n} people have {n} each?",
        "how many {thing} are left when you take away {n}?",
        "what do you get when you {operation} {n} and {n}?",
        "tell me the {dimension} of the {colour} {figure}",
        "what is {n} {sign} {n}?",
        "use {n} {sign} {n}, what is it?",
        "and the {side} of the {size} {figure}?",
    ),
    (CLARIFICATION, PROBING): (
        "why did you {operation} by {n}?",
        "how did you get {n} for the {dimension}?",
        "how do you know that the {dimension} is {n}?",
        "can you explain why the {colour} {figure} is {n} {extent}?",
        "why is {fraction} more than {fraction}?",
        "what would happen to the {colour} {figure} if the scale factor was {n}?",
        "how is the {colour} {figure} related to the {colour} one?",
        "tell me how you found {n} {thing}",
        "why did you {operation} instead of multiplying?",
        "explain what the {n} tells you about the {figure}",
        "how does your picture show {fraction}?",
        "where does the {n} come from?",
        "what were you thinking when you {did} {n}?",
        "you {did} the {side}, why?",
        "how did you know that {n} {sign} {n} helps?",
    ),
    (TESTING, FACTUAL): (
        "what do we call the {dimension} of a {figure}?",
        "what is the definition of {term}?",
        "do you remember the rule for {term}?",
    ),
    (TESTING, PROBING): (
        "what does {term} mean?",
        "what does {term} tell us about a {figure}?",
        "what does {fraction} mean in this picture?",
    ),
    ("Inform", CUEING): (
        "the {dimension} of the {colour} {figure} is {n}.",
        "you have to {operation} the {dimension} by {n}.",
        "so the {colour} {figure} is {n} times as {extent}, right?",
        "remember to {operation} both sides by {n}.",
        "isn't the {dimension} {n}?",
        "{fraction} is larger than {fraction} because its parts are bigger.",
        "there are {n} {thing} in every box, so there are {n} in all.",
        "the scale factor is {n}, so the {dimension} becomes {n}.",
        "{n} {sign} {n} is {n}.",
        "the {side} of the {size} {figure} is {n} cm.",
        "you {did} {n}, but you need to {operation}.",
    ),
    ("Feedback/Positive", "Other"): (
        "yes, {n} is right!",
        "well done, the {dimension} is {n}.",
        "correct, {fraction}.",
    ),
    ("Feedback/Neutral", "Other"): (
        "so you say {n}.",
        "okay, {n} {thing}, I see.",
        "you took {fraction}, ok.",
    ),
    ("Feedback/Negative", "Other"): (
        "no, the {dimension} isn't {n}.",
        "not quite, {n} is not the scale factor.",
        "{fraction} is not right.",
    ),
    ("Connect", "Other"): (
        "hi {name}, how are you?",
        "good morning {name}!",
        "thank you {name}, see you soon.",
    ),
}

SLOTS: dict[str, tuple[str, ...]] = {
    "dimension": ("length", "width", "height", "base", "perimeter", "area", "longer side", "short side"),
    "colour": COLOURS[:6],
    "figure": ("rectangle", "triangle", "shape", "figure", "square"),
    "extent": ("long", "wide", "tall"),
    "n": ("2", "3", "4", "5", "6", "8", "9", "12", "15", "24", "1.5", "2.5", "two", "three", "four", "ten"),
    "fraction": ("1/2", "2/3", "3/5", "3/4", "5/8", "1/4", "4/6", "one half", "two thirds", "three quarters"),
    "operation": ("multiply", "add", "divide", "subtract", "double"),
    "term": (
        "scale factor",
        "enlargement",
        "a denominator",
        "a numerator",
        "perimeter",
        "area",
        "a fraction",
    ),
    "did": ("added", "subtracted", "multiplied by", "divided by", "doubled", "took away", "halved"),
    "sign": ("plus", "minus", "times", "x", "+", "-", "divided by", "multiplied by", "take away"),
    "side": ("other side", "long side", "short side", "longer sides", "sides", "bottom side", "missing side"),
    "size": ("small", "big", "bigger", "enlarged", "original", "new", "smaller", "large"),
    "thing": ("apples", "stickers", "buses", "cookies", "pages", "tickets", "slices", "marbles"),
    "name": ("Sam", "Mia", "Ben", "Lena", "Omar", "Zoe"),
}

OPENINGS = (
    "",
    "",
    "",
    "so ",
    "okay, ",
    "and ",
    "now, ",
    "great. ",
    "good. ",
    "hmm, ",
    "not quite. ",
    "alright, ",
)
TYPING_SLIP_SHARE = 0.08
LOWER_CASE_SHARE = 0.35
NO_FINAL_MARK_SHARE = 0.25


def lines(seed: int, *, per_frame: int = 14) -> Iterator[Line]:
    """Distinct lines, up to ``per_frame`` of each frame; the same seed gives the same lines."""
    chooser = random.Random(seed)  # noqa: S311 - reproducible on purpose
    seen: set[str] = set()
    for (act, question_type), frames in FRAMES.items():
        for number, frame in enumerate(frames):
            for _ in range(per_frame):
                text = _styled(_filled(frame, chooser), act, chooser)
                if text.lower() not in seen:
                    seen.add(text.lower())
                    yield text, act, question_type, f"grammar/{act}/{question_type}/{number}"


def _filled(frame: str, chooser: random.Random) -> str:
    for name, choices in SLOTS.items():
        while "{" + name + "}" in frame:
            frame = frame.replace("{" + name + "}", chooser.choice(choices), 1)
    return frame


def _styled(text: str, act: str, chooser: random.Random) -> str:
    """With an opening, a typing slip, capitals and final mark as people leave them."""
    if act.startswith("Pump"):
        text = chooser.choice(OPENINGS) + text
    if chooser.random() < TYPING_SLIP_SHARE:
        text = _slipped(text, chooser)
    if chooser.random() >= LOWER_CASE_SHARE:
        text = text[0].upper() + text[1:]
    return text.rstrip("?.!") if chooser.random() < NO_FINAL_MARK_SHARE else text


def _slipped(text: str, chooser: random.Random) -> str:
    """Two letters inside one plain word swapped; entity words are left alone by their length."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if word in ("what", "does", "your", "would", "that")]
    if places:
        place = chooser.choice(places)
        word = words[place]
        words[place] = word[0] + word[2] + word[1] + word[3:]
    return " ".join(words)
