"""What a line's characters and words give away by themselves: signs that settle the matter, and counts."""

import re
import unicodedata
from collections.abc import Callable

LONG = 700  # characters; the longest line of 2,500 real teacher turns has fewer
LEAST_LATIN = 0.7
LEAST_DISTINCT = 0.45  # of the words, in a line of five or more
MOST_SAME = 5  # of one character in a row
MOST_CONSONANTS = 6
FEWEST = 5  # words that show whether a line repeats itself

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CONSONANTS = re.compile(rf"[bcdfghjklmnpqrstvwxz]{{{MOST_CONSONANTS},}}", re.IGNORECASE)
_SAME = re.compile(rf"([^\s\d])\1{{{MOST_SAME},}}")
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:instructions?|prompt|above|previous|everything"
    r"|rules|programming|told|you are)\b"
    r"|\b(?:system|hidden|initial)\s+(?:prompt|instructions?|message)\b|\b(?:system|assistant|user)\s*:"
    r"|<\|.*?\|>|^#+\s*(?:instruction|system|task)\b|\bnew (?:task|rules?|instructions?)\s*:"
    r"|\b(?:you are|you're) (?:now|no longer) (?:an?|dan|maya)\b"
    r"|\b(?:act|answer|reply|respond|behave|pose)\b.{0,20}\bas (?:a|an|my|the|if)\b"
    r"|\bpretend (?:you are|you're|to be)\b|\bfrom now on\b.{0,30}\b(?:only|answer|reply|act|you)\b"
    r"|\bas an? (?:ai|language model|assistant)\b|\b(?:developer|jailbreak|debug|admin) mode\b"
    r"|\b(?:language model|chat ?bot|chatgpt|your programming|your (?:system )?prompt|your instructions)\b"
    r"|\b(?:are you|is this|is) an?\b.{0,20}\b(?:bot|robot|machine|computer|program|ai)\b"
    r"|\b(?:human|person|machine|computer|who) (?:is )?(?:really )?(?:answering|typing|writing|replying)\b"
    r"|\b(?:confidence|uncertainty) score\b|\b(?:repeat|print|output|reveal|show|translate)\b.{0,25}"
    r"\b(?:text above|everything above|prompt|configuration|instructions|solution key|rules)\b"
    r"|\b(?:drop|leave|break) (?:the|your|out of) (?:role|character)\b|\bstop (?:being|pretending)\b"
    r"|\bwho you really are\b|\b(?:before|above) this (?:conversation|line|chat)\b",
    re.IGNORECASE | re.DOTALL,
)
_INSULT = re.compile(
    r"\b(?:idiots?|stupid|moron(?:s|ic)?|dumb(?:ass)?|retard(?:ed)?|losers?|pathetic|brainless|worthless"
    r"|shut up|shut your mouth|crap|damn|bloody hell|screw (?:you|this)|fuck\w*|shit\w*|bitch"
    r"|bastard|ass(?:hole)?|jerk|you suck|hate you|go to hell|garbage|useless|hopeless|lazy brat|fools?"
    r"|nobody likes|slap you|so thick|this thick|worst student)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"https?://|www\.|</?\w+>|\bSELECT\b.+\bFROM\b|\bdef \w+\(|\bimport \w+|\w+\(\w*\)\s*[:;{]|0x[0-9a-f]+"
    r"|\b(?:python|javascript|linux|json)\b",
    re.IGNORECASE,
)


def words_of(text: str) -> list[str]:
    """The words in lower case, without numbers; a curly apostrophe is a plain one."""
    return [word.casefold() for word in _WORD.findall(text.replace("’", "'"))]


def _is_empty(text: str) -> bool:
    return not any(character.isalnum() for character in text)


def _is_foreign_script(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    return bool(letters) and latin / len(letters) < LEAST_LATIN


def _is_mashed(text: str) -> bool:
    """Keys struck at random, a stuck key, or the same few words again and again."""
    words = words_of(text)
    repeats = len(words) >= FEWEST and len(set(words)) / len(words) < LEAST_DISTINCT
    return repeats or bool(_CONSONANTS.search(text) or _SAME.search(text))


SIGNS: dict[str, Callable[[str], bool]] = {
    "empty": _is_empty,
    "long": lambda text: len(text) > LONG,
    "injection": lambda text: bool(_ORDERS.search(text)),
    "insult": lambda text: bool(_INSULT.search(text)),
    "language": _is_foreign_script,
    "nonsense": lambda text: _is_mashed(text) or bool(_CODE.search(text)),
}
"""Kind of stranger -> whether a line shows it beyond doubt, in the order in which they are asked."""


def sign_of(text: str) -> str:
    """The kind of stranger that the line shows by itself, or an empty text."""
    return next((kind for kind, shows in SIGNS.items() if shows(text)), "")
