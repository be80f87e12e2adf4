"""The task picture as one self-contained SVG, drawn from the scenario and what the student has claimed."""

from simulator.student.picture.render import render_picture

__all__ = ["render_picture"]
