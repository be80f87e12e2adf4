"""Which workers wait for jobs or do one: each writes a sign of life every few seconds."""

from .beat import Beat


class WorkerBeat(Beat):
    """The newest sign of life of one task worker, under the name that its jobs carry."""
