"""Currencies as they stand in files: signs and codes."""

import re
from collections.abc import Iterable, Mapping

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


def codes_of(texts: Iterable[str], asked: str | None) -> dict[str, str]:
    """The code of each sign in texts in lower case, where the signs name a currency or several.

    A sign that currencies share is the one asked for, or the one that another sign names; beside
    signs it cannot agree with, it stands for itself.
    """
    signs = {sign for text in texts for sign in re.findall(SIGN, text)}
    codes = {sign: SIGNS.get(sign, sign.upper()) for sign in signs - SHARED.keys()}
    shared = signs & SHARED.keys()
    if not codes and len(frozenset.intersection(*(SHARED[sign] for sign in shared), CODES)) > 0:
        return {}
    named = {asked.lower()} if asked else {code.lower() for code in codes.values()}
    for sign in shared:
        meant = SHARED[sign] & named
        codes[sign] = next(iter(meant)).upper() if len(meant) == 1 else sign
    return codes
