"""Fragility: how easily a small change of the input flips the answer."""
