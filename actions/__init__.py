"""Rasa SDK custom actions: when to escalate, and what to suggest.

Each is a thin layer over `bot.safety` and the reading that the NLU pipeline left with
the message. The words are chosen on the other side, by Rasa's response generator, so
an action only names a response and what goes into it.
"""

from actions.escalation import ActionAdviseNextStep, ActionEscalate
from actions.suggestions import ActionSuggestQuestions

__all__ = ["ActionAdviseNextStep", "ActionEscalate", "ActionSuggestQuestions"]
