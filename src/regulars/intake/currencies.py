"""Currencies as they stand in files: signs and codes."""

import re
from collections.abc import Mapping

from regulars.intake.words import words

# Signs that name one currency.
SIGNS: Mapping[str, str] = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "zł": "PLN",
    "₽": "RUB",
    "฿": "THB",
    "₺": "TRY",
    "₫": "VND",
    "r$": "BRL",
    "us$": "USD",
    "元": "CNY",
    "rmb": "CNY",
    "kč": "CZK",
}
CODES = words(
    "usd eur gbp sek nok dkk isk chf jpy cny hkd twd aud cad nzd sgd inr krw brl mxn pln czk huf"
    " ron bgn try zar aed sar ils thb idr myr php vnd kwd bhd omr jod tnd rub uah ars clp cop pen"
)
# Several currencies share these, so they name none.
SHARED: Mapping[str, frozenset[str]] = {
    "$": words("usd cad aud nzd sgd hkd twd mxn ars clp cop"),
    "¥": words("cny jpy"),
    "￥": words("cny jpy"),
    "kr": words("sek nok dkk isk"),
    "kr.": words("sek nok dkk isk"),
    ":-": words("sek"),
}
SIGN = "|".join(
    re.escape(sign)
    for sign in sorted({*SIGNS, *CODES, *SHARED}, key=lambda sign: (-len(sign), sign))
)


def codes_in(text: str) -> list[tuple[str, str]]:
    """The signs in a text in lower case that name a currency, each with its code."""
    signs = re.findall(SIGN, text)
    return [(sign, SIGNS.get(sign, sign.upper())) for sign in signs if sign not in SHARED]
