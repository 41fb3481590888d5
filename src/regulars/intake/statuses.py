"""What the words of a status or type column do to a line."""

from collections.abc import Iterable

from regulars.intake.words import words

# The order came to nothing: it adds nothing and is no purchase.
VOID = words(
    "cancelled canceled cancel voided void failed failure unavailable refunded declined rejected"
    " expired abandoned aborted denied fraud annullerad avbruten avbokad makulerad misslyckad"
    " återbetald nekad storniert abgebrochen fehlgeschlagen erstattet abgelehnt annulliert"
    " 已取消 取消 交易关闭 已关闭 关闭 已退款 退款成功 全额退款 失败 支付失败 作废 已作废"
)
# The row gives money back: whatever its sign, it is taken off.
RETURN = words(
    "return returned returns refund refunds credit chargeback reversal retur returnerad returer"
    " återköp återbetalning kreditering kredit kreditfaktura rückgabe retoure gutschrift"
    " erstattung rückerstattung 退货 退款 退货单 已退货"
) | {"credit note", "credit memo", "fully refunded"}

_PARTLY = words("partially partial partly not delvis ej teilweise nicht")


def _plain(status: str) -> str:
    return " ".join(status.lower().replace("_", " ").replace("-", " ").split()).removeprefix("wc ")


def void_statuses(statuses: Iterable[str]) -> list[str]:
    """Those of the statuses that void an order, wholly: not "partially refunded"."""
    return [
        s for s in statuses if not VOID.isdisjoint(w := _plain(s).split()) and _PARTLY.isdisjoint(w)
    ]


def return_statuses(statuses: Iterable[str]) -> list[str]:
    """Those of the statuses that mark a return."""
    return [status for status in statuses if _plain(status) in RETURN]
