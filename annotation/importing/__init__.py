"""Dialogue files to questions with their context: plain readers that know nothing of the database."""
