"""From scores to places in the queue, with the random share kept where it is."""

from collections.abc import Sequence

from annotation.draws import RANGE


def places(ranked: Sequence[int], random: Sequence[int], *, within: int = RANGE) -> dict[int, int]:
    """Item -> place, spread over the whole range that random places are drawn from.

    Ranked items keep their order. The random ones (the held-out share, whose estimates must not depend on
    any score) keep theirs too, and come at even distances between: whenever somebody stops, the share of
    random items among what was labelled is the one that was meant. Items that arrive later get a random
    place in the same range, and so come neither first nor last.
    """
    total = len(ranked) + len(random)
    slots = [int((number + 0.5) / total * within) for number in range(total)] if total else []
    of_random = {round((number + 0.5) * total / len(random) - 0.5) for number in range(len(random))}
    rest = iter([slot for number, slot in enumerate(slots) if number not in of_random])
    spread = iter([slot for number, slot in enumerate(slots) if number in of_random])
    return {**dict(zip(ranked, rest, strict=True)), **dict(zip(random, spread, strict=True))}
