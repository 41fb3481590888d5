"""The model card: what foretells this company best, tried on its own past.

`evidence` takes what is needed from the tables, `choose` tries every candidate on it.
"""

from regulars.measure.card.choice import Chosen, choose
from regulars.measure.card.record import Evidence, evidence
from regulars.measure.card.result import MODEL_NAMES, RULE_NAMES, Card, Entry, SeasonTrial
from regulars.measure.card.scores import CLIP, Score

__all__ = [
    "CLIP",
    "MODEL_NAMES",
    "RULE_NAMES",
    "Card",
    "Chosen",
    "Entry",
    "Evidence",
    "Score",
    "SeasonTrial",
    "choose",
    "evidence",
]
