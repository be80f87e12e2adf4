"""What is refused before anything runs."""

import pytest

from annotation.sandbox.language import MOST_CHARACTERS, SourceRefused, parse

VOTE = "def vote(question):\n    return {}\n"
ATTACKS = {
    "import": "import os\n" + VOTE.format("1"),
    "import inside": "def vote(question):\n    import socket\n    return 1\n",
    "from": "from os import environ\n" + VOTE.format("1"),
    "dunder walk": VOTE.format("().__class__.__bases__[0].__subclasses__()"),
    "globals of a function": VOTE.format("vote.__globals__"),
    "frame of a generator": VOTE.format("(x for x in [1]).gi_frame"),
    "frame of a caught error": "def vote(q):\n    try:\n        1\n    except Exception as e:\n        e\n",
    "format": VOTE.format("'{0.__class__}'.format(question)"),
    "format_map": VOTE.format("'{a.__class__}'.format_map({'a': question})"),
    "f-string": VOTE.format("f'{question.__class__}'"),
    "builtins by name": VOTE.format("__builtins__"),
    "import by name": VOTE.format("__import__('os')"),
    "underscored argument": "def vote(_question):\n    return 1\n",
    "setting an attribute": "def vote(question):\n    question.text = ''\n",
    "decorator": "def f(g):\n    return g\n@f\ndef vote(question):\n    return 1\n",
    "class": "class A:\n    pass\n" + VOTE.format("1"),
    "with": "def vote(question):\n    with question:\n        pass\n",
    "global": "def vote(question):\n    global x\n",
    "await": "async def vote(question):\n    return 1\n",
    "yield": "def vote(question):\n    yield 1\n",
    "del": "def vote(question):\n    del question\n",
    "raise": "def vote(question):\n    raise SystemExit\n",
    "match": "def vote(question):\n    match question:\n        case str(__class__=x):\n            x\n",
    "bytes": VOTE.format("b'x'"),
    "complex": VOTE.format("1j"),
    "encoding": VOTE.format("question.text.encode"),
    "mro": VOTE.format("max(map(str.mro, [1]))"),
    "no function": "x = 1\n",
    "two functions": VOTE.format("1") * 2,
    "no argument": "def vote():\n    return 1\n",
    "too long": VOTE.format("1") + "#" * MOST_CHARACTERS,
    "no Python": "def vote(question)\n    return 1\n",
    "a null character": VOTE.format("'\0'"),
    "deep nesting": VOTE.format("(" * 3000 + "1" + ")" * 3000),
    "deep signs": VOTE.format("-" * 9000 + "1"),
}


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS)
def test_it_is_refused_with_the_line(source: str):
    with pytest.raises(SourceRefused) as refused:
        parse(source)
    assert refused.value.message
    assert 1 <= refused.value.line <= source.count("\n") + 1


def test_what_a_labelling_function_needs_is_allowed():
    parse(
        "WORDS = {'why', 'how'}\n"
        "def found(words):\n"
        "    return [w for w in words if w.lower().strip('?') in WORDS]\n"
        "def vote(question):\n"
        "    before = question.context[-1].text if question.context else ''\n"
        "    score = 0\n"
        "    for n, word in enumerate(found(question.words)):\n"
        "        score += 2 if n == 0 else 1\n"
        "    if (m := re.search(r'(\\d+)', question.text)) and m.group(1) != '0':\n"
        "        return PROCEDURAL\n"
        "    return PROBING if score > 1 and not before.endswith('!') else ABSTAIN\n"
    )
