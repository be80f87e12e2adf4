"""A wrong scenario file is refused with its line, its path and a way to mend it."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.student.errors import ScenarioError
from simulator.student.schema import parse_scenario
from simulator.student.source import MAX_BYTES

from .cast import SMALL


def refused(text: str | bytes, **options: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, **options)
    assert caught.value.code == "scenario_invalid"
    assert " — " in str(caught.value), "a reason comes with a mend"
    return caught.value


def line_with(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), start=1) if words in line)


def test_the_small_scenario_is_fine_before_it_is_broken():
    assert parse_scenario(SMALL, name="small").slug == "small"


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("act: Pump/Value", "act: Pump/Valu", "replies.1.act.1", "'Pump/Valu' is not possible"),
        ("    say: [", "    says: [", "replies.1.say", "'say' is missing"),
        ("title: Small", "title: Small\ntitel: Smal", "titel", "unknown key 'titel'"),
        ("title: Small\n", "", "title", "'title' is missing"),
        ("{value} {unit}", "{valeu}", "replies.1.say.1", "did you mean 'value'?"),
        ("{value} {unit}", "{blue.lenght}", "replies.1.say.1", "did you mean 'blue.length'?"),
        ("{value} {unit}", "{value.__class__}", "replies.1.say.1", "unknown placeholder"),
        ("{value} {unit}", "{value!r}", "replies.1.say.1", "brace"),
        ("{value} {unit}", "{value", "replies.1.say.1", "brace"),
        ("when: {about: worked_out}", "when: {about: red.width}", "replies.1.when.about.1", "'red.width'"),
        ("when: {about: worked_out}", "when: {mentions: red}", "replies.1.when.mentions.1", "'red'"),
        (
            "when: {about: worked_out}",
            "when: {stage: late}",
            "replies.1.when.stage.1",
            "unknown stage 'late'",
        ),
        ("when: {about: worked_out}", "when: {topic: x}", "replies.1.when.topic", "unknown topic 'x'"),
        ("when: {about: worked_out}", "show: {draw: circle}", "replies.1.show.draw", "unknown drawing"),
        ("when: {about: worked_out}", "show: {highlight: red}", "replies.1.show.highlight", "object 'red'"),
        ("when: {about: worked_out}", "show: {measure: red.width}", "replies.1.show.measure", "'red.width'"),
        ("when: {about: worked_out}", "go_to: end", "replies.1.go_to", "unknown stage 'end'"),
        ("fallback_lines: [Pardon me.]\n", "", "fallback_lines", "'fallback_lines' is missing"),
        ("fallback_lines: [Pardon me.]", "fallback_lines: []", "fallback_lines", "at least 1 item"),
        (
            "fallback_lines: [Pardon me.]",
            "fallback_lines: ['{value}?']",
            "fallback_lines.1",
            "placeholder 'value'",
        ),
        (
            "stall_lines:",
            "routing: {threshold: 1.5}\nstall_lines:",
            "routing.threshold",
            "less than or equal to 1",
        ),
        (
            "stall_lines:",
            "routing: {threshold: -1}\nstall_lines:",
            "routing.threshold",
            "greater than or equal",
        ),
        (
            "stall_lines:",
            "timing: {stall_after_s: 90}\nstall_lines:",
            "timing.fallback_after_s",
            "stall_after_s",
        ),
        ("stall_lines:", "pacing: {median_s: 20}\nstall_lines:", "pacing.max_s", "median_s"),
        ("    - id: width", "    - id: length", "figure.dimensions.2.id", "used twice"),
        ("  answers:\n    blue.width: 4\n", "", "figure.objects.1", "blue.width has no value"),
        ("      up: width\n", "", "figure.objects.1", "needs 'up'"),
        ("blue.length: 6", "green.length: 6", "knowledge.given.green.length", "unknown object 'green'"),
        ("blue.length: 6", "blue.length: yes", "knowledge.given.blue.length", "not a value"),
        ("blue.length: 6", "blue.length: .inf", "knowledge.given.blue.length", "not a finite number"),
        (
            "{subtract: [blue.length, 2]}",
            "{power: [2, 2]}",
            "knowledge.stages.1.believes",
            "unknown operation",
        ),
        ("{subtract: [blue.length, 2]}", "{add: [2]}", "knowledge.stages.1.believes", "two or more operands"),
        (
            "{subtract: [blue.length, 2]}",
            "{divide: [2, 0]}",
            "knowledge.stages.1.believes",
            "divides by zero",
        ),
        ("{subtract: [blue.length, 2]}", "{add: [some, 2]}", "knowledge.stages.1.believes", "needs numbers"),
        ("{subtract: [blue.length, 2]}", "{add: [blue.width, 2]}", "knowledge.stages.1.believes", "circle"),
        (
            "{subtract: [blue.length, 2]}",
            "{add: [red.width, 2]}",
            "knowledge.stages.1.believes",
            "'red.width'",
        ),
        (
            "    - id: only",
            "    - id: only\n      leave_after: 2",
            "knowledge.stages.1.leave_after",
            "nowhere",
        ),
        ("slug: small", "slug: Not A Slug", "slug", "small letters"),
        ("slug: small", "slug: [1]", "slug", "valid string"),
        (
            "  dimensions:",
            "  phrases: {red.width: [x]}\n  dimensions:",
            "figure.phrases.red.width",
            "'red.width'",
        ),
    ],
)
def test_a_fault_is_told_with_path_reason_and_mend(old, new, path, words):
    broken = SMALL.replace(old, new, 1)
    assert broken != SMALL
    error = refused(broken)
    assert error.path.startswith(path)
    assert words in error.reason


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("act: Pump/Value", "act: Pump/Valu", "act: Pump/Valu"),
        ("{value} {unit}", "{valeu}", "{valeu}"),
        ("title: Small", "title: Small\ntitel: Smal", "titel"),
        ("    say: [", "    says: [", "- id: value"),
        ("stall_lines:", "routing: {threshold: 1.5}\nstall_lines:", "threshold"),
        ("blue.length: 6", "green.length: 6", "green.length"),
        ("    - id: width", "    - id: length\n    - id: width", "- id: width"),
    ],
)
def test_the_line_of_the_fault_is_named(old, new, at):
    broken = SMALL.replace(old, new, 1)
    error = refused(broken)
    expected = line_with(broken, at)
    if at == "- id: width":  # the second of the two equal ids stands just before it
        expected -= 1
    assert error.line == expected
    assert str(error).startswith(f"line {expected}: ")


def test_duplicate_reply_ids_are_refused():
    second = '  - id: value\n    say: ["Again."]\n'
    error = refused(SMALL + second)
    assert (error.line, error.path) == (line_with(SMALL, "say: [") + 1, "replies.2.id")


def test_a_key_written_twice_is_refused():
    error = refused(SMALL.replace("title: Small\n", "title: Small\ntitle: Other\n"))
    assert error.line == 3
    assert "written twice" in error.reason


def test_broken_yaml_names_the_line():
    error = refused(SMALL.replace("task: [Find the width.]", "task: [Find the width."))
    assert error.line is not None
    assert "not valid YAML" in error.reason


def test_the_slug_must_be_the_files_name():
    assert refused(SMALL, name="other").path == "slug"


def test_an_empty_file_and_a_list_are_refused():
    assert "map of keys" in refused("").reason
    assert "map of keys" in refused("- a\n- b\n").reason


def test_too_big_a_file_is_refused_before_it_is_read():
    assert str(MAX_BYTES) in refused("#" * (MAX_BYTES + 1)).reason


def test_aliases_are_refused():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    error = refused(bomb)
    assert error.line == 2
    assert "alias" in error.reason


def test_deep_nesting_is_refused_without_recursion():
    assert "nested deeper" in refused("a: " + "[" * 50_000).reason


def test_tags_that_build_objects_are_refused():
    assert refused("slug: !!python/object/apply:os.system ['true']").line == 1


def test_a_number_of_thousands_of_digits_is_refused():
    assert refused(SMALL.replace("blue.length: 6", "blue.length: " + "9" * 5000)).line is not None


def test_bytes_that_are_not_utf8_are_refused_with_their_line():
    error = refused(SMALL.replace("title: Small", "title: Sm\u00e4ll").encode("latin-1"))
    assert error.line == 2
    assert "UTF-8" in error.reason


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, len(SMALL)), st.integers(0, 30), st.text(max_size=12))
def test_a_damaged_file_is_read_or_refused_and_never_crashes(start, length, patch):
    with contextlib.suppress(ScenarioError):  # any other exception fails the test
        parse_scenario(SMALL[:start] + patch + SMALL[start + length :])
