"""The project's own teacher utterances: hand-written lines, a seeded grammar, the corpus of both."""
