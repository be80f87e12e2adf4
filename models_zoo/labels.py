"""The label sets of the understanding model, in the order of its output units."""

from __future__ import annotations

DIALOGUE_ACTS = (
    "Connect",
    "Pump/Value",
    "Pump/Clarification",
    "Pump/Testing",
    "Inform",
    "Feedback/Positive",
    "Feedback/Neutral",
    "Feedback/Negative",
    "None",
)

# Instructional Quality Assessment: the kinds of question a teacher asks.
QUESTION_TYPES = ("Probing and Exploring", "Procedural and Factual", "Expository and Cueing", "Other")

ENTITY_KINDS = ("object", "dimension", "number", "scale_factor", "operation")

# Begin / inside / outside tags over words: O, then B-kind and I-kind for every kind in order.
TAGS = ("O", *(f"{prefix}-{kind}" for kind in ENTITY_KINDS for prefix in ("B", "I")))
