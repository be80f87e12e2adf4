"""Rules of thumb for the four question types of the Instructional Quality Assessment.

Each looks at one thing, votes for one type or says nothing. None has to be right: together, weighed by how
they agree, they give the first labels of a corpus that nobody has read yet. The docstring is what the page
shows. A new rule is a function in the module of its type; nothing else has to be told about it.
"""

from annotation.labelling_functions import expository, other, probing, procedural
from annotation.labelling_functions.function import LabellingFunction

FUNCTIONS: tuple[LabellingFunction, ...] = tuple(
    value
    for module in (probing, procedural, expository, other)
    for value in vars(module).values()
    if isinstance(value, LabellingFunction)
)
