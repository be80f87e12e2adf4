"""What each decomposition is for, and its counts for a given map."""

from __future__ import annotations

from dataclasses import dataclass

from compression.decompositions import DECOMPOSITIONS, MapShape, decomposition_named


@dataclass(frozen=True, slots=True)
class Description:
    """``entry``: one entry of the matrix; ``parameters``: their number, for rank r and modes n."""

    purpose: str
    entry: str
    parameters: str


DESCRIPTIONS = {
    "cp": Description(
        "the fewest parameters, growing only with r: many tasks in little memory",
        "sum over s of prod_k A_k[i_k, s]",
        "r sum(n)",
    ),
    "tucker": Description(
        "a rank of its own for every mode, joined by a core that mixes all of them; small up to rank 4",
        "sum over s_1 ... s_d of C[s_1 ... s_d] prod_k A_k[i_k, s_k]",
        "sum(r n) + r^d",
    ),
    "tensor_train": Description(
        "the best approximation of a given matrix in one pass of SVDs: the choice for converting",
        "G_1[i_1] G_2[i_2] ... G_d[i_d]",
        "sum(r_(k-1) n_k r_k), both ends 1",
    ),
    "tensor_ring": Description(
        "the most freedom at a given rank, with the most parameters: a lone layer that must learn much",
        "trace(G_1[i_1] ... G_d[i_d])",
        "r^2 sum(n)",
    ),
}


@dataclass(frozen=True, slots=True)
class Count:
    """One map at one rank."""

    rank: int
    parameters: int
    times_smaller: float
    low_rank_parameters: int  # two thin matrices of that rank, as LoRA keeps


def counts(name: str, shape: MapShape, ranks: list[int]) -> list[Count]:
    """Exact counts of a decomposition for a map.

    Raises:
        ValueError: there is no such decomposition.
    """
    form = decomposition_named(name)
    found = []
    for rank in ranks:
        parameters = form.parameter_count(shape, rank)
        thin = rank * (shape.in_features + shape.out_features)
        found.append(Count(rank, parameters, shape.dense_parameters / parameters, thin))
    return found


assert set(DESCRIPTIONS) == set(DECOMPOSITIONS)  # noqa: S101 - a new form needs its line here
