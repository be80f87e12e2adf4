"""The figures that are printed last, and a table for people before them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
PLAIN = ("macro_f1", "accuracy", "ece_before", "ece_after")
GUARANTEE = ("target", "confidence", "realised", "coverage")
TABLE = ("joint", "product", "served_entropy", "one_pass_entropy", "one_pass_max", "mc_mutual_information")


def figures_of(details: Json) -> Json:
    """The figures without their intervals and without what they were made from.

    ``aurc`` and ``auroc`` are about the served answers, but for those that name another: a reference is
    judged by its own largest probability about its own answers.
    """
    compared: dict[str, Json] = {}
    for measure in ("aurc", "auroc"):
        network, references = details["network_answers"][measure], details["references"]
        compared[measure] = {
            **details[measure],
            **{f"network_answers.{name}": network[name] for name in ("joint", "one_pass_entropy")},
            **{f"{name}.own_answers": one[measure] for name, one in references.items()},
        }
    return {
        **{name: details[name] for name in PLAIN},
        **compared,
        "auroc_gain": {name: details["auroc_gain"][name] for name in ("mean", "low")},
        "coverage_at": details["coverage_at"],
        "guarantee": {name: details["guarantee"][name] for name in GUARANTEE},
    }


def described(details: Json) -> str:
    """The figures that matter most, each with the middle 95 % of its resamples, as a Markdown table."""
    intervals = details["intervals"]

    def row(title: str, name: str, value: float | None) -> str:
        if value is None:
            return f"| {title} | none | |"
        low, high = intervals[name]
        return f"| {title} | {value:.3f} | {low:.3f} to {high:.3f} |"

    rows = ["| figure | value | 95 % interval |", "| --- | --- | --- |"]
    rows += [row(name, name, details[name]) for name in PLAIN]
    for name, one in details["references"].items():
        rows += [row(f"{name}: {key}", f"references.{name}.{key}", one[key]) for key in PLAIN[:2]]
        rows.append(row(f"{name}: own AURC", f"references.{name}.aurc.own_max", one["aurc"]))
    for measure in ("aurc", "auroc"):
        rows += [row(f"{measure} {name}", f"{measure}.{name}", details[measure][name]) for name in TABLE]
    for name in TABLE:
        error = details["error_at_coverage"][name]["0.50"]
        rows.append(
            row(f"wrong in the half that {name} doubts least", f"error_at_coverage.{name}.0.50", error)
        )
    rows.append(row("AUROC gain, network's answers", "auroc_gain", details["auroc_gain"]["mean"]))
    served = details["auroc_gain_served"]["one_pass_entropy"]
    rows.append(row("AUROC gain, served answers", "auroc_gain_served.one_pass_entropy", served["mean"]))
    for error, share in details["coverage_at"].items():
        rows.append(row(f"answered at {float(error):.0%} error", f"coverage_at.{error}", share))
    return "\n".join([*rows, *map(_promise, details["guarantees"])])


def _promise(one: Json) -> str:
    promised = f"| promise of {one['target']:.0%} with {one['confidence']:.0%} |"
    if one["refusal"]:
        return f"{promised} refused | {one['refusal']}, n {one['n']} |"
    return f"{promised} {one['realised']:.3f} wrong | of {one['coverage']:.1%} answered, n {one['n']} |"
