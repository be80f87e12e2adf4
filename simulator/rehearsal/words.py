"""How a report is printed: a table for people, one line of JSON for programs."""

from rich.table import Table

from .report import Report

SHOWN_BETRAYALS = 5


def report_table(report: Report) -> Table:
    """The figures with their meaning."""
    figures = report.to_json()
    share = figures["auto_share"]
    reasons = ", ".join(f"{reason} {count}" for reason, count in figures["takeovers"].items())
    errors = ", ".join(f"{what} ({count})" for what, count in sorted(report.errors.items()))
    table = Table(title="Rehearsal", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    rows = {
        "Rooms": str(figures["rooms"]),
        "Turns answered": str(figures["turns"]),
        "By the machine": "none yet" if share is None else f"{share:.0%}",
        "Not by the machine": reasons or "none",
        "Time to answer, machine": _times(figures["auto_ms"]),
        "Time to answer, person": _times(figures["human_ms"]),
        "Missing": str(report.missing),
        "Doubled": str(report.doubled),
        "Betrayals": str(len(report.betrayals)),
        "Reconnects": str(report.reconnects),
        "Cut off by the end": str(report.abandoned),
        "Errors": errors or "none",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    for number, betrayal in enumerate(report.betrayals[:SHOWN_BETRAYALS], start=1):
        table.add_row(f"Betrayal {number}", betrayal)
    return table


def _times(times: dict[str, int | None]) -> str:
    return "no turns" if times["p50"] is None else f"median {times['p50']} ms, 95 % within {times['p95']} ms"
