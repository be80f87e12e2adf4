"""Answering with a stored model."""
