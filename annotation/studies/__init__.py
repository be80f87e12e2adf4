"""Comparing ways of labelling: who gets which arm, what was found, and how sure that is. No Django here.

Assisted labelling is quicker, but quicker than what, and at whose expense? Every (annotator, item) is
randomised to an arm; the suggestion is stored in every arm, also where it was hidden, so that agreement
with it can be compared with what agreement there would have been anyway.
"""
