"""What can go wrong with a scenario file or a stored effect, told so that it can be mended."""


class StudentError(Exception):
    """Base of everything this package refuses; ``code`` is stable and safe to show."""

    code = "student_error"


class ScenarioError(StudentError):
    """A scenario file is refused.

    ``line`` counts from 1 and is None where no single line is at fault; ``path`` leads to the entry,
    items of a list counting from 1 (``replies.3.act`` is the act of the third reply).
    """

    code = "scenario_invalid"

    def __init__(self, line: int | None, path: str, reason: str) -> None:
        self.line, self.path, self.reason = line, path, reason
        where = [f"line {line}" if line else "", path]
        super().__init__(": ".join([part for part in where if part] + [reason]))


class EffectError(StudentError):
    """A stored effect names something that the scenario does not have."""

    code = "effect_invalid"
