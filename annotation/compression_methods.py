"""The forms that a version's adapter can take, in words. No torch: the pages import this."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Method:
    """``parameters``: of one map, for rank r and d modes n."""

    name: str
    title: Text
    purpose: Text
    parameters: str


METHODS = (
    Method(
        "cp",
        _("CP"),
        _("The smallest, growing only with the rank: many tasks in little memory."),
        "r · Σn",
    ),
    Method(
        "tucker",
        _("Tucker"),
        _("A core mixes a rank of its own for every mode: small up to rank 4, then the core grows quickly."),
        "r · Σn + r^d",
    ),
    Method(
        "tensor_train",
        _("Tensor train"),
        _("Comes nearest to a given adapter, and is made at once: the first to try for an existing version."),
        "≤ r² · Σn",
    ),
    Method(
        "tensor_ring",
        _("Tensor ring"),
        _("The most freedom at a given rank for the most parameters: few layers that must learn much."),
        "r² · Σn",
    ),
)
TARGETS: tuple[tuple[str, Text], ...] = (
    ("q_lin", _("attention: query")),
    ("k_lin", _("attention: key")),
    ("v_lin", _("attention: value")),
    ("out_lin", _("attention: output")),
    ("lin1", _("feed-forward: in")),
    ("lin2", _("feed-forward: out")),
)
DEFAULT_TARGETS = ("q_lin", "v_lin", "out_lin", "lin2")
RANKS = (1, 16)  # least and most


def form_title(details: dict[str, Any], training: dict[str, Any]) -> str:
    """What a stored version's adapter is, as its manifest tells: "Tensor train, rank 4"."""
    name = details.get("decomposition") or training.get("adapter") or details.get("method", "")
    rank = details.get("rank") or training.get("rank")
    title = next((str(method.title) for method in METHODS if method.name == name), str(name))
    return str(_("%(form)s, rank %(rank)s") % {"form": title, "rank": rank}) if rank else title
