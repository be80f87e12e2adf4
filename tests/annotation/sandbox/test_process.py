"""The confined child from outside: what it may do, and how it ends when it does something else."""

import json
import os
import subprocess
import sys

import pytest

from annotation.questions import Question
from annotation.sandbox import process

VOTE = "def vote(question):\n    return {}\n"
WHY, TELL = Question("Why is that?"), Question("Add them.", (("student", "Now?"),))

ATTACKS = {
    "open": (VOTE.format("open('/etc/passwd')"), "NameError"),
    "settings": (VOTE.format("settings"), "NameError"),
    "getattr": (VOTE.format("getattr(question, 'text')"), "NameError"),
    "exec": (VOTE.format("exec('1')"), "NameError"),
    "endless loop": ("def vote(question):\n    while True:\n        pass\n", "longer than"),
    "endless loop at once": ("while True:\n    pass\n" + VOTE.format("1"), "longer than"),
    "one long operation": (VOTE.format("max(range(10 ** 12))"), "too long|longer than"),
    "backtracking": (VOTE.format("re.search('(a+)+$', 'a' * 40 + '!')"), "longer than"),
    "a large list": (VOTE.format("len([0] * 10 ** 10)"), "memory"),
    "a growing list": (
        "def vote(question):\n    x = ['a']\n    while True:\n        x = x + x\n",
        "memory|long",
    ),
    "a wide format": (VOTE.format("len('%9999999999d' % 1)"), "memory"),
    "recursion": ("def f(x):\n    return f(x)\n" + VOTE.format("f(1)"), "RecursionError"),
    "huge output": (VOTE.format("'x' * 10 ** 7"), "vote returned"),
    "True": (VOTE.format("True"), "vote returned True"),
    "an unknown type": (VOTE.format("7"), "vote returned 7"),
    "an own error": (VOTE.format("question.words[99]"), "IndexError: list index out of range"),
}


@pytest.mark.parametrize(("source", "said"), ATTACKS.values(), ids=ATTACKS)
def test_it_fails_cleanly_and_says_why(source: str, said: str):
    answer = process.run(source, [WHY])
    told = answer.refused + "".join(fault.message for fault in answer.faults)
    assert any(each in told for each in said.split("|")), answer
    assert set(answer.votes) <= {-1}


def test_votes_and_what_they_rest_on_come_back():
    source = (
        "def vote(question):\n"
        "    if re.search(r'\\bwhy\\b', question.text) and question.asks:\n"
        "        return PROBING\n"
        "    if question.context and question.context[-1].persona == 'student':\n"
        "        return PROCEDURAL\n"
    )
    answer = process.run(source, [WHY, TELL, Question("Hm.")])
    assert answer.votes == [0, 1, -1]
    assert answer.spans == [[(0, 3)], [], []]
    assert answer.faults == []


def test_an_error_on_one_question_leaves_the_others_alone():
    answer = process.run(VOTE.format("PROBING if question.words[2] else OTHER"), [WHY, Question("Add."), WHY])
    assert answer.votes == [0, -1, 0]
    assert [(fault.place, fault.line) for fault in answer.faults] == [(1, 2)]


def test_three_long_questions_stop_it():
    answer = process.run("def vote(question):\n    while True:\n        pass\n", [WHY] * 50)
    assert answer.stopped
    assert answer.votes == [-1] * 50


def test_a_refusal_names_the_line():
    answer = process.run("x = 1\nimport os\n" + VOTE.format("1"), [WHY])
    assert (answer.line, answer.refused.split(".")[0]) == (2, "Imports are not allowed")


# The kernel's wall alone: what code could do that got past the language.
BREAKOUT = """
import ctypes, errno, json, os, resource, signal, socket, subprocess, sys, threading
sys.path.insert(0, {root!r})
from annotation.sandbox.confinement import Limits, confine
libc = ctypes.CDLL(None, use_errno=True)
confine(Limits(memory_bytes=512 * 2**20, cpu_s=5, answer_bytes=1000))

def refused(deed):
    try:
        deed()
    except OSError as error:
        return error.errno == errno.EPERM
    except (RuntimeError, MemoryError, ValueError) as error:  # a thread, memory, a limit
        return True
    return False

deeds = {{
    "read": lambda: open("/etc/passwd"),
    "write": lambda: open("/tmp/breakout", "w"),
    "environment": lambda: open("/proc/self/environ"),
    "environment of the parent": lambda: open("/proc/{parent}/environ"),
    "list": lambda: os.listdir("/"),
    "socket": lambda: socket.socket(),
    "unix socket": lambda: socket.socket(socket.AF_UNIX),
    "fork": lambda: os.fork(),
    "thread": lambda: threading.Thread(target=int).start(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "spawn": lambda: subprocess.Popen(["true"]),
    "kill": lambda: os.kill({parent}, signal.SIGCONT),
    "unlink": lambda: os.unlink("/tmp/breakout"),
    "pipe": lambda: os.pipe(),
    "duplicate": lambda: os.dup(1),
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50)),
    "other descriptor": lambda: os.write(2, b"x"),
    "memory": lambda: bytearray(2**30),
}}
answers = {{name: refused(deed) for name, deed in deeds.items()}}
answers["trace"] = libc.ptrace(0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.EPERM
libc.mmap.restype = ctypes.c_void_p
answers["run what was written"] = libc.mmap(None, 4096, 7, 0x22, -1, 0) == ctypes.c_void_p(-1).value
answers["map a file"] = libc.mmap(None, 4096, 1, 2, 1, 0) == ctypes.c_void_p(-1).value
os.write(1, json.dumps(answers).encode())
"""


def test_whoever_gets_past_the_language_meets_the_kernel(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "told to nobody")
    code = BREAKOUT.format(root=str(process.ROOT), parent=os.getpid())
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == 21
    assert [name for name, held in answers.items() if not held] == []


def test_the_child_gets_no_environment_no_packages_and_no_descriptors(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "told to nobody")
    seen = (
        "import json, os, sys; print(json.dumps([dict(os.environ), sys.path, os.listdir('/proc/self/fd')]))"
    )
    monkeypatch.setattr(process, "START", seen.replace("{", "{{").replace("}", "}}"))
    with (tmp_path / "open").open("w"):
        ended, said = process._child(b"{}", 10)
    environment, path, descriptors = json.loads(said)
    assert ended == 0
    assert set(environment) <= {"LC_CTYPE"}  # Python sets it itself
    assert not any("site-packages" in each for each in path)
    assert len(descriptors) <= 4  # three, and the one that lists them


def test_an_answer_that_is_too_large_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "ANSWER_BYTES", 1000)
    answer = process.run(VOTE.format("PROBING"), [WHY] * 1000)
    assert "more than an answer may hold" in answer.refused


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "START", "import time; time.sleep(60)")
    monkeypatch.setattr(process, "START_S", 0.2)
    answer = process.run(VOTE.format("PROBING"), [])
    assert answer.stopped
    assert "too long" in answer.refused


def test_where_nothing_can_be_confined_nothing_is_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "can_confine", lambda: False)
    answer = process.run(VOTE.format("PROBING"), [WHY])
    assert answer.votes == []
    assert "Linux" in answer.refused
