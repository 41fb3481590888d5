"""How alike two short texts are: names and addresses that were typed twice."""

_PREFIX, _PER_LETTER, _BOOSTED_FROM = 4, 0.1, 0.7


def jaro_winkler(one: str, other: str) -> float:
    """How alike two texts are, from 0 (nothing in common) to 1 (the same).

    Takes   two texts, written the same way (small letters, no spaces around).
    Gives   Jaro's share of letters that stand at about the same place, raised where the texts
            begin alike (up to four letters, a tenth each, from 0.7 on).
    Error   none: it is a definition, not an estimate.
    Beware  on texts of one or two letters it is a matter of all or nothing.
    Source  Jaro 1989, Winkler 1990; checked against DuckDB's jaro_winkler_similarity.
    """
    likeness = _jaro(one, other)
    if likeness <= _BOOSTED_FROM:
        return likeness
    n_same = 0
    for left, right in zip(one[:_PREFIX], other[:_PREFIX], strict=False):
        if left != right:
            break
        n_same += 1
    return likeness + n_same * _PER_LETTER * (1 - likeness)


def _jaro(one: str, other: str) -> float:
    if one == other:
        return 1.0 if one else 0.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    common = []
    for at, letter in enumerate(one):
        for there in range(max(0, at - reach), min(len(other), at + reach + 1)):
            if not taken[there] and other[there] == letter:
                taken[there] = True
                common.append(letter)
                break
    if not common:
        return 0.0
    in_other = [letter for letter, is_taken in zip(other, taken, strict=True) if is_taken]
    n_moved = sum(left != right for left, right in zip(common, in_other, strict=True)) // 2
    n = len(common)
    return (n / len(one) + n / len(other) + (n - n_moved) / n) / 3


def edits(one: str, other: str) -> int:
    """How many slips of the hand lie between two texts.

    Takes   two texts.
    Gives   the least number of letters added, left out, put for another, or changed with their
            neighbour, where no stretch is changed twice.
    Error   none: it is a definition, not an estimate.
    Beware  two changes at one place can count three (CA to ABC), unlike Damerau's full distance.
    Source  Damerau 1964, Levenshtein 1966 (optimal string alignment); checked against DuckDB's
            damerau_levenshtein where both count alike.
    """
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, there in enumerate(other, start=1):
            least = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != there))
            if row > 1 and column > 1 and (letter, one[row - 2]) == (other[column - 2], there):
                least = min(least, before[column - 2] + 1)
            here.append(least)
        before, above = above, here
    return above[-1]
