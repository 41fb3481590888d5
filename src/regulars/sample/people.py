"""Names of people who might live around the example shop."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class _Origin:
    origin: str  # sv, en, zh, or others
    share: float
    given: tuple[str, ...]
    family: tuple[str, ...]
    family_first: bool = False  # and written without a space


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ORIGINS = (
    _Origin(
        "sv",
        0.60,
        _words(
            "Anna Erik Maria Lars Karin Anders Sara Johan Emma Per Kristina Nils Lena Mikael Eva "
            "Fredrik Ingrid Björn Elin Gustav Åsa Henrik Malin Oskar Maja Axel Linnéa Viktor Alva "
            "Hugo Astrid Olle Elsa Sven Ebba Göran Ida Mats Julia Håkan Stina Jonas Hanna Magnus "
            "Frida Daniel Märta Simon Agnes Emil Ulla Filip Tove Kalle Signe Anton Birgitta Isak "
            "Sofia Love Vera David Moa Arvid Lisa Edvin Klara Pontus"
        ),
        _words(
            "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Ek "
            "Gustafsson Pettersson Jonsson Hansson Bengtsson Lindberg Lindström Lind Berg Holm "
            "Axelsson Bergström Lundberg Lundgren Mattsson Berglund Fredriksson Sandberg Nyström "
            "Henriksson Forsberg Sjöberg Wallin Engström Danielsson Håkansson Lundin Björk Falk "
            "Gunnarsson Bergman Samuelsson Fransson Wikström Isaksson Bergqvist Nyberg Åberg Norén "
            "Arvidsson Löfgren Söderberg Blomqvist Nordström Hermansson Dahl Strand Åkesson Hedman "
            "Ström Sundberg Martinsson Ekström Hellström Östlund Viklund Sjögren Rosén"
        ),
    ),
    _Origin(
        "en",
        0.11,
        _words(
            "James Emily Oliver Grace Thomas Charlotte Henry Alice George Lucy William Hannah Jack "
            "Rebecca Samuel Megan Edward Ruth Peter Claire Andrew Fiona Martin Helen"
        ),
        _words(
            "Smith Taylor Brown Walker Wright Turner Hughes Edwards Green Hall Wood Clarke Baker "
            "Cooper Ward Morgan Bell Murphy Bailey Reid Shaw Palmer Fletcher O'Connor"
        ),
    ),
    _Origin(
        "zh",
        0.12,
        _words(
            "芳 伟 敏 静 丽 强 磊 洋 艳 勇 军 杰 娟 涛 明 超 秀英 晓明 雪梅 建国 小红 文博 "
            "雨桐 思远 子涵 嘉怡 志强 海燕 晨曦 欣怡"
        ),
        _words(
            "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 "
            "唐 许 韩 邓 冯 曹 欧阳"
        ),
        family_first=True,
    ),
    _Origin(
        "others",
        0.17,
        _words(
            "Aino Mikko Fatima Ahmed Leyla Reza Zainab Yusuf Amina Hassan Mariam Ali Ewa Piotr "
            "Agnieszka Jelena Dragan Sofía Carlos Lucía Miguel Linh Minh Thanh Eleni Nikos Priya "
            "Arjun Ananya Giulia Matteo Chiara Yuki Haruka Kenji Selin Emre Chidi Ngozi Beatriz"
        ),
        _words(
            "Virtanen Korhonen Al-Hassan Haddad Rahimi Hosseini Warsame Abdi Yılmaz Demir Kowalska "
            "Nowak Jovanović Petrović García Fernández Rojas Nguyễn Trần Papadopoulos Georgiou "
            "Sharma Patel Iyer Rossi Conti Tanaka Sato Okafor Silva Müller Dubois Haile Kebede"
        ),
    ),
)


def names(n: int, *, rng: np.random.Generator) -> pa.StringArray:
    """`n` readable names; none is given twice before an origin's names are all given."""
    origin = rng.choice(len(_ORIGINS), size=n, p=[each.share for each in _ORIGINS])
    pools = [_pool(each).take(rng.permutation(_size(each))) for each in _ORIGINS]
    starts = np.cumsum([0] + [len(pool) for pool in pools])
    place = np.empty(n, np.int64)
    for i, pool in enumerate(pools):
        here = np.flatnonzero(origin == i)
        place[here] = starts[i] + np.arange(here.size) % len(pool)
    return pa.concat_arrays(pools).take(place)


@dataclass(frozen=True, slots=True)
class NameParts:
    """One of the names that `names` gives, taken apart."""

    full: str
    given: str
    family: str
    origin: str
    family_first: bool


def all_names() -> list[NameParts]:
    """Every name there is, once."""
    return [
        NameParts(full, given, family, each.origin, each.family_first)
        for each in _ORIGINS
        for full, (given, family) in zip(
            _pool(each).to_pylist(), product(each.given, each.family), strict=True
        )
    ]


def _size(origin: _Origin) -> int:
    return len(origin.given) * len(origin.family)


def _pool(origin: _Origin) -> pa.StringArray:
    given, family = np.divmod(np.arange(_size(origin)), len(origin.family))
    parts = [pa.array(origin.given).take(given), pa.array(origin.family).take(family)]
    if origin.family_first:
        return pc.binary_join_element_wise(*reversed(parts), "")
    return pc.binary_join_element_wise(*parts, " ")
