"""Labelling functions that are written on a page: what each kind means, and applying them.

``source`` is what was written, ``applying`` runs it on questions, ``checking`` says what is wrong with it
before it is saved. Each kind has a module: ``keywords``, ``expressions``, ``zero_shot``; Python goes to the
sandbox.
"""
