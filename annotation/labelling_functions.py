"""Rules of thumb for the four question types of the Instructional Quality Assessment.

Each looks at one thing, votes for one type or says nothing. None has to be right: together, weighed by how
they agree, they give the first labels of a corpus that nobody has read yet. The docstring is what the page
shows. A new rule is a function here; nothing else has to be told about it.
"""

import re

from snorkel.labeling import LabelingFunction

from annotation.questions import ABSTAIN, EXPOSITORY, OTHER, PROBING, PROCEDURAL, Question
from annotation.weak_supervision import labelling_function


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), re.IGNORECASE)


def _if(found: object, label: int) -> int:
    return label if found else ABSTAIN


# Probing and Exploring: the student's thinking is asked for.

WHY = _pattern(r"\bwhy\b", r"\bhow come\b", r"\bwhat makes (you|it|that)\b", r"\bwhat for\b")
EXPLAIN = _pattern(
    r"\bexplain(ing)?\b",
    r"\b(walk|talk|take|guide|run) me\b",
    r"\bdescribe\b",
    r"\bjustify\b",
    r"\bconvince\b",
    r"\bclarify\b",
    r"\belaborate\b",
    r"\bwhat do you mean\b",
    r"\btell me (more|about|how|why)\b",
    r"\bshow me (how|why|your)\b",
    r"\bbreak (it|this|that|each step) down for me\b",
)
HOW_THEY = _pattern(
    r"\bhow (did|do|have) you\b",
    r"\bhow (would|could|can|might|should|will) (you|we)\b(?!.*\bhow (many|much)\b)",
    r"\bhow you (got|get|came|come|reached|found|arrived|worked|did|solved|know)\b",
    r"\bwhere (do|does|did)\b.*\b(come|came|get|got)\b",
)
THINKING = _pattern(
    r"\byour (thinking|thoughts?|reasoning|strategy|method|approach|process|idea|steps|working|solution)\b",
    r"\bwhat (are|were) you (thinking|trying)\b",
    r"\bwhat did you (do|notice|mean)\b",
    r"\bwhat do you (notice|understand|think (about|happens|would|this|that|the|it))\b",
    r"\bwhat (do|does)\b.*\b(mean|represent|stand for|tell (us|you|me)|show (us|you|me)|depend on)\b",
    r"\bwhat happened\b",
)
EXPLORE = _pattern(
    r"\b(another|different|other) (way|method|strategy|approach)\b",
    r"\bwhat (would happen|happens|if)\b",
    r"\b(compare|relationship|pattern|in common|related|connect(ed|ion)?)\b",
    r"\b(pictures?|diagram|drawing|model|example) (that|which|to|of your)\b",
    r"\bwhat (stays|changes|is different|is the same)\b",
    r"\bdoes (that|this|it|your \w+) make sense (to you|with|if|for|that|because)\b",
    r"\bdo you (agree|disagree)\b",
    r"\bwhich (one )?(makes|is) more (sense|reasonable)\b",
)


@labelling_function
def asks_why(question: Question) -> int:
    """Asks for a reason: why, how come, what makes you think so."""
    return _if(WHY.search(question.text) and (question.asks or len(question.words) < 25), PROBING)


@labelling_function
def asks_to_explain(question: Question) -> int:
    """Asks to explain, describe, justify or walk the teacher through it."""
    return _if(EXPLAIN.search(question.text), PROBING)


@labelling_function
def asks_how_they_did_it(question: Question) -> int:
    """Asks how the student got, found or knows something."""
    return _if(HOW_THEY.search(question.text), PROBING)


@labelling_function
def asks_for_their_thinking(question: Question) -> int:
    """Refers to the student's own idea, method or understanding."""
    return _if(question.asks and THINKING.search(question.text), PROBING)


@labelling_function
def asks_to_explore(question: Question) -> int:
    """Asks for another way, a comparison, a pattern, or what would happen if."""
    return _if(question.asks and EXPLORE.search(question.text), PROBING)


# Procedural and Factual: one fact, one result or one step is asked for.

QUANTITY = _pattern(
    r"\bhow (many|much|long|far|old|tall|big|wide|high|often|fast|heavy)\b",
    r"\bwhat(?:'s| is| are| was| were| would be| will be| should be) (the|her|his|their|its)? ?\w* ?"
    r"(total|sum|difference|product|number|amount|cost|price|length|width|height|area|perimeter|value|scale"
    r"|factor|ratio|fraction|percent\w*|result|answer|age|time|rate|distance|profit)\b",
    r"\bwhat (number|fraction|percentage|amount|scale factor|length|width|height|area|perimeter"
    r"|time|age|value|do we call)\b",
)
CALCULATION = _pattern(
    r"\bwhat(?:'s| is| are| does| do| would| will)\b[^?.]*\d",
    r"\d\s*(?:[-+*/x×÷=]|plus|minus|times|divided by|multiplied by|add|of)\s*\$?\d*[^?.!]{0,20}\?",
    r"=\s*\?",
)
NEXT_STEP = _pattern(
    r"\bwhat(?:'s| is| would| will|'ll)?( be)? (the |your |our )?next\b",
    r"\bwhat (do|should|would|could|must|can) (you|we|i|she|he|they) (need|have|do|get|use|add|subtract"
    r"|multiply|divide|work)\b",
    r"\b(which|what) (operation|formula|rule|equation|calculation|step|unit)\b",
    r"\bhow (do|would|should) (we|you) (calculate|compute|find|work out)\b",
)
YES_NO = _pattern(
    r"(^|[.!,;]\s*)((so|and|but|ok|okay|now|then),?\s+)*(is|are|was|were|do|does|did|has|have|had"
    r"|will|would)"
    r"\s+(?!you (agree|understand|think|sure|okay|ok|there|ready|see|know))\w+[^?]*\?"
)
COMPUTE = _pattern(
    r"(^|[.!,;]\s*|\b(now|please|then|so|and|can you|could you|try to|let's"
    r"|lets)\s+)(re-?)?(calculate|compute"
    r"|work (it |this |that )?out|find|add|subtract|multiply|divide|count|solve|measure|round"
    r"|simplify|convert|write|draw"
    r"|colou?r|shade|label|mark|name|list|double|halve|(give|tell|show) me the|state|use|take)\b"
)
STATED = _pattern(
    r"\b(in|from|does|what|according to) (the )?(question|problem|text|task|story)\b.*\?",
    r"\bwhat (information|do we know|are we (given|told|asked)|is (it|the question|the problem) asking)\b",
    r"\bwhich (one|of|side|figure|object|number|part)\b.*\?",
    r"\b(who|when|where) (is|are|was|were|did|does|do)\b.*\?",
)
GAP = _pattern(
    r"\b(is|are|be|equals?|makes|gives|so|costs?)\s*(\.{2,}|…|\?)\s*$",
    r"^(so|and|ok|okay|then|now)?,?\s*(what|how) about\b",
)
REDO = _pattern(
    r"\b(re-?)?(check|try|read|calculate|consider|visit|view|look|think|do"
    r"|add)\b[^?.]{0,60}\b(again|carefully|back|once more)\b",
    r"\bre-?(check|read|calculate|do|view|visit|think)\b",
    r"\b(check|review) (your|the|that|this)\b",
    r"\bwhere (you|it|things) (went|go|are going|were going|might have gone) wrong\b",
)


@labelling_function
def asks_for_a_quantity(question: Question) -> int:
    """Asks how many, how much, or for a named quantity."""
    return _if(question.asks and QUANTITY.search(question.text), PROCEDURAL)


@labelling_function
def asks_for_a_result(question: Question) -> int:
    """Puts a calculation and asks what it gives."""
    asks_for_meaning = THINKING.search(question.text) or HOW_THEY.search(question.text)
    return _if(CALCULATION.search(question.text) and not asks_for_meaning, PROCEDURAL)


@labelling_function
def asks_for_the_next_step(question: Question) -> int:
    """Asks which step, operation or formula comes next."""
    return _if(question.asks and NEXT_STEP.search(question.text), PROCEDURAL)


@labelling_function
def asks_yes_or_no(question: Question) -> int:
    """A question about the task that yes or no answers."""
    return _if(len(question.words) > 3 and YES_NO.search(question.text), PROCEDURAL)


@labelling_function
def asks_to_compute(question: Question) -> int:
    """Asks the student to calculate, find, add, measure or write something."""
    return _if(COMPUTE.search(question.text) and not EXPLAIN.search(question.text), PROCEDURAL)


@labelling_function
def asks_for_a_stated_fact(question: Question) -> int:
    """Asks for something that stands in the task."""
    return _if(STATED.search(question.text), PROCEDURAL)


@labelling_function
def asks_to_redo(question: Question) -> int:
    """Sends the student back to the task or to a step: check, read, try again."""
    return _if(REDO.search(question.text), PROCEDURAL)


@labelling_function
def asks_about_a_number(question: Question) -> int:
    """A question that names a number and asks for no reason."""
    asks_for_reason = any(
        pattern.search(question.text) for pattern in (WHY, EXPLAIN, HOW_THEY, THINKING, EXPLORE, TAG)
    )
    return _if(question.asks and re.search(r"\d", question.text) and not asks_for_reason, PROCEDURAL)


@labelling_function
def leaves_a_gap(question: Question) -> int:
    """Breaks off where a result belongs, or asks with a scrap: so that would be? and the other one?"""
    return _if(GAP.search(question.text), PROCEDURAL)


# Expository and Cueing: the teacher gives the mathematics, or leads to the one answer that is wanted.

ANSWER = _pattern(
    r"\b(the|correct|right|final) answer (is|would be|should be|was)\b",
    r"\d\s*(%|\w{1,12})?\s*=\s*\$?\d+(?![^.]*\?)",
    r"\b(equals|is equal to|gives( us| you)?|makes|leaves)\s+\$?\d+(?![^.]*\?)",
)
INSTRUCTION = _pattern(
    r"\byou(?:'ll|'d| would| will)? (need|have|should|must|forgot|missed|don't need|ought)\b",
    r"\byou(?:'ve| have) (forgotten|missed|already|not)\b",
    r"\byou (can'?t|cannot|can|could|may)\b",
    r"\b(so|which means|becomes|has to be|have to be) (the|it|we|you|\d)\b",
    r"\b(we|it) (need|needs|have|has) to be\b",
    r"\bwe (need|have|must|should|can|know|already)\b",
)
CORRECTION = _pattern(
    r"^\W*(no|not (quite|exactly|really|yet|right)|nope|incorrect|wrong|almost|close|nearly"
    r"|unfortunately)\b",
    r"\b(that|this|it)(?:'s| is|s) (not|wrong|incorrect)\b",
    r"\b(mistake|error)\b",
)
VERDICT = _pattern(
    r"\b(is|are|was|were|not|isn'?t|aren'?t) (the |quite |not |exactly )?(right|correct|wrong"
    r"|incorrect|true|it)\b",
    r"^\W*(no|not|nope|yes|yep|sorry|okay|ok|hmm|close|almost|well done|good|great|perfect|right)\b[^.]*"
    r"\b(isn'?t|is not|aren'?t|not the|is|i see|nice|got it)\b",
    r"\bi (see|understand|hear you|follow)\b",
)
HINT = _pattern(
    r"\b(remember|don'?t forget|hint|recall) ?(that|the|to|:|,)?\b",
    r"\b(notice|think|consider|keep in mind) (that|about)\b",
    r"\b(let me|i'?ll|i will) (show|tell|explain|give|help)\b",
    r"\b(this|that|which|it) means\b",
    r"\b(because|since|therefore)\b",
)
TAG = _pattern(
    r",\s*(right|correct|ok|okay|yes|yeah|no|isn'?t (it|that)|doesn'?t it|don'?t (we|you)"
    r"|aren'?t (they|we)|agreed?)\s*\?\s*$",
    r"^(so )?(isn'?t|aren'?t|wouldn'?t|shouldn'?t|doesn'?t|don'?t|didn'?t) \w+",
)


@labelling_function
def gives_the_answer(question: Question) -> int:
    """States a result instead of asking for it."""
    return _if(not question.asks and ANSWER.search(question.text), EXPOSITORY)


@labelling_function
def tells_what_to_do(question: Question) -> int:
    """Says what the student or the class needs, has or must do, without asking."""
    return _if(not question.asks and INSTRUCTION.search(question.text), EXPOSITORY)


@labelling_function
def corrects(question: Question) -> int:
    """Names a mistake and puts it right, without asking."""
    return _if(
        not question.asks and len(question.words) >= 9 and CORRECTION.search(question.text), EXPOSITORY
    )


@labelling_function
def gives_a_hint(question: Question) -> int:
    """Reminds, hints or argues for the student."""
    return _if(not question.asks and HINT.search(question.text), EXPOSITORY)


@labelling_function
def leads_to_yes(question: Question) -> int:
    """Says it and only asks for consent: right? isn't it?"""
    return _if(question.asks and TAG.search(question.text), EXPOSITORY)


@labelling_function
def explains_at_length(question: Question) -> int:
    """A statement of fourteen words or more with a number in it that sets no task."""
    states = not question.asks and not REDO.search(question.text) and not COMPUTE.search(question.text)
    return _if(states and len(question.words) >= 14 and re.search(r"\d", question.text), EXPOSITORY)


@labelling_function
def states_a_fact(question: Question) -> int:
    """A short statement with a number in it."""
    states = not question.asks and not COMPUTE.search(question.text) and not VERDICT.search(question.text)
    return _if(states and len(question.words) < 14 and re.search(r"\d", question.text), EXPOSITORY)


# Other: no mathematics is asked for or given.

PRAISE = _pattern(
    r"\b(well done|good (job|work|try|start|thinking|question|point|idea)|great|excellent|perfect"
    r"|awesome|fantastic"
    r"|brilliant|super|nice|correct|exactly|thank(s| you)|that'?s (right|it|true|good)|you got it"
    r"|yes|amazing)\b"
)
GREETING = _pattern(r"^\W*(hi|hello|hey|good (morning|afternoon|evening)|welcome|bye|goodbye|see you)\b")
MANAGING = _pattern(
    r"\b(don'?t (worry|give up)|no problem|hear me|lunch|weather|raining|weekend|homework"
    r"|be (right )?back|internet|email"
    r"|phone|microphone|a (computer|robot|person|human)|stuck|your (book|books|notebook)"
    r"|take your time|are you (there|ready|ok|okay|sure)|how are you|let'?s (move on|start|begin"
    r"|go on|continue)"
    r"|ready|any questions|your name|do you (understand|follow)|is that (ok|okay|clear)|hold on"
    r"|wait a moment"
    r"|see you|next (lesson|time|week)|you('re| are) (doing|getting) (well|great|there|close|better))\b"
)


@labelling_function
def only_praises(question: Question) -> int:
    """A short remark of praise or agreement that asks nothing."""
    return _if(not question.asks and len(question.words) <= 9 and PRAISE.search(question.text), OTHER)


@labelling_function
def only_judges(question: Question) -> int:
    """Says that something is right or wrong, or was heard, in ten words or fewer."""
    return _if(not question.asks and len(question.words) <= 10 and VERDICT.search(question.text), OTHER)


@labelling_function
def only_greets(question: Question) -> int:
    """A greeting or a goodbye, and little more."""
    return _if(len(question.words) <= 8 and GREETING.search(question.text), OTHER)


@labelling_function
def manages(question: Question) -> int:
    """Runs the lesson or keeps spirits up: take your time, are you ready, do you follow."""
    return _if(len(question.words) <= 16 and MANAGING.search(question.text), OTHER)


@labelling_function
def says_next_to_nothing(question: Question) -> int:
    """Four words or fewer, no number, no question."""
    return _if(not question.asks and len(question.words) <= 4 and not re.search(r"\d", question.text), OTHER)


FUNCTIONS: tuple[LabelingFunction, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, LabelingFunction)
)
