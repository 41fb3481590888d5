"""MBG/NBD: a customer may leave after each purchase, the first one too."""

from collections.abc import Mapping

from regulars.measure.models.dropout import DropoutModel, fit_dropout
from regulars.measure.models.inputs import History


class MBGNBD(DropoutModel):
    """MBG/NBD, the default: one-time buyers may have left as well."""


def fit_mbg_nbd(rows: History, start: Mapping[str, float] | None) -> MBGNBD:
    """MBG/NBD by maximum likelihood.

    Takes   rows: counted customers; start: parameters to climb from.
    Gives   r, alpha (rates are Gamma(r, alpha)), a, b (chances of leaving are Beta(a, b)).
    Error   inverse Hessian at the optimum.
    Beware  its total for a whole customer base tends to be a few per cent below BG/NBD's.
    Source  Batislam, Denizel and Filiztekin 2007; Hoppe and Wagner 2007; checked against the
            CDNOW estimates of two other programs.
    """
    found = fit_dropout("mbg_nbd", rows, leaves_at_start=True, start=start)
    return MBGNBD(**found, leaves_at_start=True)
