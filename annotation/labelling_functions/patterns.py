"""What the labelling functions look for in a text."""

from annotation.labelling_functions.prefilter import Pattern

NUMBER = Pattern(r"\d")

# Probing and Exploring: the student's thinking is asked for.

WHY = Pattern(r"\bwhy\b", r"\bhow come\b", r"\bwhat makes (you|it|that)\b", r"\bwhat for\b")
EXPLAIN = Pattern(
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
HOW_THEY = Pattern(
    r"\bhow (did|do|have) you\b",
    r"\bhow (would|could|can|might|should|will) (you|we)\b(?!.*\bhow (many|much)\b)",
    r"\bhow you (got|get|came|come|reached|found|arrived|worked|did|solved|know)\b",
    r"\bwhere (do|does|did)\b.*\b(come|came|get|got)\b",
)
THINKING = Pattern(
    r"\byour (thinking|thoughts?|reasoning|strategy|method|approach|process|idea|steps|working|solution)\b",
    r"\bwhat (are|were) you (thinking|trying)\b",
    r"\bwhat did you (do|notice|mean)\b",
    r"\bwhat do you (notice|understand|think (about|happens|would|this|that|the|it))\b",
    r"\bwhat (do|does)\b.*\b(mean|represent|stand for|tell (us|you|me)|show (us|you|me)|depend on)\b",
    r"\bwhat happened\b",
)
EXPLORE = Pattern(
    r"\b(another|different|other) (way|method|strategy|approach)\b",
    r"\bwhat (would happen|happens|if)\b",
    r"\b(compare|relationship|pattern|in common|related|connect(ed|ion)?)\b",
    r"\b(pictures?|diagram|drawing|model|example) (that|which|to|of your)\b",
    r"\bwhat (stays|changes|is different|is the same)\b",
    r"\bdoes (that|this|it|your \w+) make sense (to you|with|if|for|that|because)\b",
    r"\bdo you (agree|disagree)\b",
    r"\bwhich (one )?(makes|is) more (sense|reasonable)\b",
)

# Procedural and Factual: one fact, one result or one step is asked for.

QUANTITY = Pattern(
    r"\bhow (many|much|long|far|old|tall|big|wide|high|often|fast|heavy)\b",
    r"\bwhat(?:'s| is| are| was| were| would be| will be| should be) (the|her|his|their|its)? ?\w* ?"
    r"(total|sum|difference|product|number|amount|cost|price|length|width|height|area|perimeter|value|scale"
    r"|factor|ratio|fraction|percent\w*|result|answer|age|time|rate|distance|profit)\b",
    r"\bwhat (number|fraction|percentage|amount|scale factor|length|width|height|area|perimeter"
    r"|time|age|value|do we call)\b",
)
CALCULATION = Pattern(
    r"\bwhat(?:'s| is| are| does| do| would| will)\b[^?.]*\d",
    r"\d\s*(?:[-+*/x×÷=]|plus|minus|times|divided by|multiplied by|add|of)\s*\$?\d*[^?.!]{0,20}\?",
    r"=\s*\?",
)
NEXT_STEP = Pattern(
    r"\bwhat(?:'s| is| would| will|'ll)?( be)? (the |your |our )?next\b",
    r"\bwhat (do|should|would|could|must|can) (you|we|i|she|he|they) (need|have|do|get|use|add|subtract"
    r"|multiply|divide|work)\b",
    r"\b(which|what) (operation|formula|rule|equation|calculation|step|unit)\b",
    r"\bhow (do|would|should) (we|you) (calculate|compute|find|work out)\b",
)
YES_NO = Pattern(
    r"(^|[.!,;]\s*)((so|and|but|ok|okay|now|then),?\s+)*(is|are|was|were|do|does|did|has|have|had"
    r"|will|would)"
    r"\s+(?!you (agree|understand|think|sure|okay|ok|there|ready|see|know))\w+[^?]*\?"
)
COMPUTE = Pattern(
    r"(^|[.!,;]\s*|\b(now|please|then|so|and|can you|could you|try to|let's"
    r"|lets)\s+)(re-?)?(calculate|compute"
    r"|work (it |this |that )?out|find|add|subtract|multiply|divide|count|solve|measure|round"
    r"|simplify|convert|write|draw"
    r"|colou?r|shade|label|mark|name|list|double|halve|(give|tell|show) me the|state|use|take)\b"
)
STATED = Pattern(
    r"\b(in|from|does|what|according to) (the )?(question|problem|text|task|story)\b.*\?",
    r"\bwhat (information|do we know|are we (given|told|asked)|is (it|the question|the problem) asking)\b",
    r"\bwhich (one|of|side|figure|object|number|part)\b.*\?",
    r"\b(who|when|where) (is|are|was|were|did|does|do)\b.*\?",
)
GAP = Pattern(
    r"\b(is|are|be|equals?|makes|gives|so|costs?)\s*(\.{2,}|…|\?)\s*$",
    r"^(so|and|ok|okay|then|now)?,?\s*(what|how) about\b",
)
REDO = Pattern(
    r"\b(re-?)?(check|try|read|calculate|consider|visit|view|look|think|do"
    r"|add)\b[^?.]{0,60}\b(again|carefully|back|once more)\b",
    r"\bre-?(check|read|calculate|do|view|visit|think)\b",
    r"\b(check|review) (your|the|that|this)\b",
    r"\bwhere (you|it|things) (went|go|are going|were going|might have gone) wrong\b",
)

# Expository and Cueing: the teacher gives the mathematics, or leads to the one answer that is wanted.

ANSWER = Pattern(
    r"\b(the|correct|right|final) answer (is|would be|should be|was)\b",
    r"\d\s*(%|\w{1,12})?\s*=\s*\$?\d+(?![^.]*\?)",
    r"\b(equals|is equal to|gives( us| you)?|makes|leaves)\s+\$?\d+(?![^.]*\?)",
)
INSTRUCTION = Pattern(
    r"\byou(?:'ll|'d| would| will)? (need|have|should|must|forgot|missed|don't need|ought)\b",
    r"\byou(?:'ve| have) (forgotten|missed|already|not)\b",
    r"\byou (can'?t|cannot|can|could|may)\b",
    r"\b(so|which means|becomes|has to be|have to be) (the|it|we|you|\d)\b",
    r"\b(we|it) (need|needs|have|has) to be\b",
    r"\bwe (need|have|must|should|can|know|already)\b",
)
CORRECTION = Pattern(
    r"^\W*(no|not (quite|exactly|really|yet|right)|nope|incorrect|wrong|almost|close|nearly"
    r"|unfortunately)\b",
    r"\b(that|this|it)(?:'s| is|s) (not|wrong|incorrect)\b",
    r"\b(mistake|error)\b",
)
VERDICT = Pattern(
    r"\b(is|are|was|were|not|isn'?t|aren'?t) (the |quite |not |exactly )?(right|correct|wrong"
    r"|incorrect|true|it)\b",
    r"^\W*(no|not|nope|yes|yep|sorry|okay|ok|hmm|close|almost|well done|good|great|perfect|right)\b[^.]*"
    r"\b(isn'?t|is not|aren'?t|not the|is|i see|nice|got it)\b",
    r"\bi (see|understand|hear you|follow)\b",
)
HINT = Pattern(
    r"\b(remember|don'?t forget|hint|recall) ?(that|the|to|:|,)?\b",
    r"\b(notice|think|consider|keep in mind) (that|about)\b",
    r"\b(let me|i'?ll|i will) (show|tell|explain|give|help)\b",
    r"\b(this|that|which|it) means\b",
    r"\b(because|since|therefore)\b",
)
TAG = Pattern(
    r",\s*(right|correct|ok|okay|yes|yeah|no|isn'?t (it|that)|doesn'?t it|don'?t (we|you)"
    r"|aren'?t (they|we)|agreed?)\s*\?\s*$",
    r"^(so )?(isn'?t|aren'?t|wouldn'?t|shouldn'?t|doesn'?t|don'?t|didn'?t) \w+",
)

# Other: no mathematics is asked for or given.

PRAISE = Pattern(
    r"\b(well done|good (job|work|try|start|thinking|question|point|idea)|great|excellent|perfect"
    r"|awesome|fantastic"
    r"|brilliant|super|nice|correct|exactly|thank(s| you)|that'?s (right|it|true|good)|you got it"
    r"|yes|amazing)\b"
)
GREETING = Pattern(r"^\W*(hi|hello|hey|good (morning|afternoon|evening)|welcome|bye|goodbye|see you)\b")
MANAGING = Pattern(
    r"\b(don'?t (worry|give up)|no problem|hear me|lunch|weather|raining|weekend|homework"
    r"|be (right )?back|internet|email"
    r"|phone|microphone|a (computer|robot|person|human)|stuck|your (book|books|notebook)"
    r"|take your time|are you (there|ready|ok|okay|sure)|how are you|let'?s (move on|start|begin"
    r"|go on|continue)"
    r"|ready|any questions|your name|do you (understand|follow)|is that (ok|okay|clear)|hold on"
    r"|wait a moment"
    r"|see you|next (lesson|time|week)|you('re| are) (doing|getting) (well|great|there|close|better))\b"
)
