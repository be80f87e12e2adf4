"""Votes of labelling functions, and how labels are made of them.

``voting`` applies the functions, ``copies`` finds those that only repeat another, ``aggregating`` combines
the votes (the one module that touches Snorkel and crowd-kit, and so loads tensor libraries), ``figures`` says
how each function fares, ``choosing`` which way of combining is kept.
"""
