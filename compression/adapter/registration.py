"""A name for the method among PEFT's own.

PEFT looks methods up in the ``PeftType`` enumeration, and Python closes an enumeration once it has members.
Adding one by hand is the smallest step that keeps ``get_peft_model``, ``save_pretrained`` and
``from_pretrained`` usable as they are, without a fork.
"""

from __future__ import annotations

from peft.utils import PeftType

NAME = "TENSOR_ADAPTER"


def peft_type_add(name: str) -> None:
    """Make ``PeftType(name)`` and ``PeftType.<name>`` exist. Adding a name twice changes nothing."""
    if name in PeftType.__members__:
        return
    member = str.__new__(PeftType, name)
    member._name_ = name
    member._value_ = name
    PeftType._member_names_.append(name)
    PeftType._member_map_[name] = member
    PeftType._value2member_map_[name] = member
    type.__setattr__(PeftType, name, member)  # Enum's own __setattr__ refuses members
