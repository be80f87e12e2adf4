"""Whether a teacher's line belongs to the scenario at all.

Another topic, another language, nonsense, an insult, nothing, far too much, or orders to the machine are no
lines that a student should answer by rule. Cheap on purpose: one cosine with some thousand stored vectors,
words counted, patterns matched. No torch here.
"""
