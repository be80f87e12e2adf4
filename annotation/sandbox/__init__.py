"""Python that researchers write, run where it can do nothing but read a question and answer.

Three walls, each of which holds alone: ``language`` refuses whatever a labelling function does not need,
before anything runs; ``child`` runs the rest in a process of its own with an empty environment, no packages
and limits on time and memory; ``confinement`` has the kernel refuse that process files, network, processes
and everything else but memory and one answer. ``process`` is the side of the product: it starts the child,
waits, and never parses the source itself.
"""
