"""Real dialogues played against a running server: recorded teachers ask, a scripted supervisor answers.

Nothing here runs inside the server. See docs/rehearse.md.
"""
