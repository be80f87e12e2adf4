"""Fragility by Fisher information (Datta 2023, chapter 3).

For an answer p(y|x) and a small change eta of the input embedding x (tokens x width, flattened),

    KL(p(.|x) || p(.|x + eta)) ~ 1/2 eta' G eta,   G = sum_y p(y|x) J_y J_y',   J_y = d log p(y|x) / dx.

The largest eigenvalue of G tells how far the answer moves in the worst direction: high means near a
boundary. G is as wide as the input, but its non-zero eigenvalues are those of the C x C Gram matrix
``diag(sqrt p) J J' diag(sqrt p)``, so the wide matrix is never built.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def largest_eigenvalue(log_probabilities: Tensor, jacobian: Tensor) -> Tensor:
    """Of the Fisher information of the input.

    Shapes:
        log probabilities ``(B, C)``, their derivative by the flattened input ``(B, C, E)`` -> ``(B,)``
    """
    weighted = jacobian.double() * (log_probabilities.double() / 2).exp().unsqueeze(-1)
    gram = weighted @ weighted.transpose(1, 2)  # (B, C, C)
    eigenvalues: Tensor = torch.linalg.eigvalsh(gram)  # ascending
    return eigenvalues[:, -1].clamp_min(0)


def fragility(answer: Callable[[Tensor], Tensor], embeddings: Tensor) -> Tensor:
    """The largest eigenvalue for each row of a batch whose rows do not depend on each other.

    One forward pass and C backward passes.

    Args:
        answer: input embeddings ``(B, ...)`` -> log probabilities ``(B, C)``, without dropout.
        embeddings: ``(B, ...)``; positions that are padding get no gradient from a masked encoder.

    Shapes:
        -> ``(B,)``
    """
    inputs = embeddings.detach().requires_grad_()
    with torch.enable_grad():
        found = answer(inputs)
        rows = [
            torch.autograd.grad(found[:, label].sum(), inputs, retain_graph=label + 1 < found.shape[1])[0]
            for label in range(found.shape[1])
        ]
    jacobian = torch.stack([row.flatten(1) for row in rows], dim=1)  # (B, C, E)
    return largest_eigenvalue(found.detach(), jacobian)
