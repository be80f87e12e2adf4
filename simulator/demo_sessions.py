"""The rehearsals that the demo begins with: what the teachers ask, and what a supervisor says when asked.

The student's other lines are not written here: the shipped model and the scenario's rules give them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoLine:
    """A teacher's line, and the reply of the supervisor in case the machine is unsure."""

    text: str
    reply: str


@dataclass(frozen=True)
class DemoSession:
    scenario: str
    hours_ago: int
    lines: tuple[DemoLine, ...]


SESSIONS = (
    DemoSession(
        "scale-factor",
        hours_ago=50,
        lines=(
            DemoLine("Hi Maya, how are you doing today?", "Hi! I'm fine, thanks."),
            DemoLine("What is the length of the blue rectangle?", "It says 6 cm."),
            DemoLine("And how long is the red one?", "18 cm, it's written there."),
            DemoLine(
                "How did you get the width of the red one?", "I saw how much longer it is and added it."
            ),
            DemoLine(
                "If your little brother is half as tall as you now, will he always be half as tall?",
                "No, he'll catch up a bit, I guess.",
            ),
            DemoLine("Can you explain why you added?", "Because bigger means you add something."),
            DemoLine("Good, thank you for explaining that.", "You're welcome."),
        ),
    ),
    DemoSession(
        "scale-factor",
        hours_ago=27,
        lines=(
            DemoLine("Hello Maya!", "Hello!"),
            DemoLine("What does scale factor mean to you?", "How much bigger it gets."),
            DemoLine("Has the green one the same shape as the blue one?", "I think so... it looks fatter."),
            DemoLine("Why do you think it looks fatter?", "Because the sides are almost the same."),
            DemoLine("You have to multiply, not add.", "Oh. Multiply by what?"),
            DemoLine("What is 18 divided by 6?", "3."),
        ),
    ),
    DemoSession(
        "fractions",
        hours_ago=3,
        lines=(
            DemoLine("Hi Leo, tell me about the two bars.", "One is cut in 3 and one in 5."),
            DemoLine("Which fraction is bigger?", "Three fifths, because 5 is more than 3."),
            DemoLine("How do you know?", "I compared the numbers."),
            DemoLine("What does the 5 tell you?", "How many pieces there are."),
            DemoLine("Do you have a favourite football team?", "Haha, we should do the fractions."),
        ),
    ),
)
