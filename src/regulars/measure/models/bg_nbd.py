"""BG/NBD: a customer may leave after each repeat purchase."""

from collections.abc import Mapping

from regulars.measure.models.dropout import DropoutModel, fit_dropout
from regulars.measure.models.inputs import History


class BGNBD(DropoutModel):
    """BG/NBD. Says of everybody without a repeat purchase that they have not left."""


def fit_bg_nbd(rows: History, start: Mapping[str, float] | None) -> BGNBD:
    """BG/NBD by maximum likelihood.

    Takes   rows: counted customers; start: parameters to climb from.
    Gives   r, alpha (rates are Gamma(r, alpha)), a, b (chances of leaving are Beta(a, b)).
    Error   inverse Hessian at the optimum.
    Beware  P(alive) is 1 for every one-time buyer, however long ago; prefer `mbg_nbd`.
    Source  Fader, Hardie and Lee 2005, Marketing Science 24; checked against its CDNOW estimates.
    """
    found = fit_dropout("bg_nbd", rows, leaves_at_start=False, start=start)
    return BGNBD(**found, leaves_at_start=False)
