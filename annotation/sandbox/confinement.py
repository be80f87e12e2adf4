"""What the kernel is told to refuse this process from now on. Nothing of it can be taken back.

Limits for memory, processor time, files and processes, and a seccomp filter (Linux, no privileges needed)
that lets through a handful of system calls: get and return memory, set the timer that ends a long question,
write to the answer, end. Opening, connecting, forking, executing, reading another process are all outside.
"""

import ctypes
import os
import platform
import resource
import signal
from dataclasses import dataclass

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SECCOMP_MODE_FILTER = 2
PROT_EXEC, MAP_ANONYMOUS = 0x4, 0x20
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000  # REFUSE: the call fails with EPERM
LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06  # of classic BPF
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where the kernel puts them, bytes
ANSWER = 1  # the one descriptor that may be written to


class NotConfined(Exception):
    """This machine cannot do it."""


@dataclass(frozen=True, slots=True)
class Calls:
    """System call numbers of an architecture."""

    audit: int
    write: int
    mmap: int
    others: tuple[int, ...]


# munmap, mremap, brk, madvise, rt_sigaction, rt_sigprocmask, rt_sigreturn, setitimer, futex, clock_gettime,
# restart_syscall, exit, exit_group
MACHINES = {
    "x86_64": Calls(0xC000003E, 1, 9, (11, 25, 12, 28, 13, 14, 15, 38, 202, 228, 219, 60, 231)),
    "aarch64": Calls(0xC00000B7, 64, 222, (215, 216, 214, 233, 134, 135, 139, 103, 98, 113, 128, 93, 94)),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one child."""

    memory_bytes: int
    cpu_s: int
    answer_bytes: int


def can_confine() -> bool:
    return os.uname().sysname == "Linux" and platform.machine() in MACHINES


def confine(limits: Limits) -> None:
    """Give up everything.

    Raises:
        NotConfined: no such kernel, or it let a forbidden call through.
    """
    if not can_confine():
        raise NotConfined
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.answer_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    _filter_calls(MACHINES[platform.machine()])
    try:
        os.open("/", os.O_RDONLY)
    except PermissionError:
        return
    except OSError as error:
        raise NotConfined from error
    raise NotConfined


class _Instruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction))]


def _filter_calls(calls: Calls) -> None:
    rules = _program(calls)
    lines = (_Instruction * len(rules))(*(_Instruction(*rule) for rule in rules))
    program = _Program(len(rules), ctypes.cast(lines, ctypes.POINTER(_Instruction)))
    control = ctypes.CDLL(None, use_errno=True).prctl
    for option, value, more in (
        (PR_SET_PDEATHSIG, signal.SIGKILL, None),
        (PR_SET_DUMPABLE, 0, None),
        (PR_SET_NO_NEW_PRIVS, 1, None),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program)),
    ):
        if control(option, ctypes.c_ulong(value), more or ctypes.c_ulong(0), 0, 0) != 0:
            raise NotConfined


def _program(calls: Calls) -> list[tuple[int, int, int, int]]:
    """(code, steps to skip if true, if false, value) for each instruction."""
    third, fourth = ARGUMENTS + 2 * 8, ARGUMENTS + 3 * 8
    rules = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, calls.audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, 0x40000000),  # the other way to call the same kernel
        (RETURN, 0, 0, KILL),
        (EQUAL, 0, 4, calls.write),
        (LOAD, 0, 0, ARGUMENTS),
        (EQUAL, 0, 1, ANSWER),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
        (EQUAL, 0, 8, calls.mmap),  # memory only, and never to run
        (LOAD, 0, 0, third),
        (AND, 0, 0, PROT_EXEC),
        (EQUAL, 0, 4, 0),
        (LOAD, 0, 0, fourth),
        (AND, 0, 0, MAP_ANONYMOUS),
        (EQUAL, 0, 1, MAP_ANONYMOUS),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    for number in calls.others:
        rules += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    return [*rules, (RETURN, 0, 0, REFUSE)]
