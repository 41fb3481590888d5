"""How else a name is written: nicknames, typing errors, other alphabets, other orders."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.sample.people import NameParts, all_names

Ints = NDArray[np.int64]


def _pairs(text: str) -> dict[str, str]:
    """`name=other name=other`, taken apart."""
    return dict(pair.split("=") for pair in text.split())


SAME = "same"
FORMS = (SAME, "plain", "nickname", "initial", "turned", "upper", "typo")
_NICKNAMES = _pairs(
    "Lars=Lasse Per=Pelle Nils=Nisse Gustav=Gurra Mikael=Micke Fredrik=Fredde Henrik=Henke "
    "Oskar=Ogge Viktor=Vicke Magnus=Mange Daniel=Danne Filip=Fille Anton=Ante Mats=Matte "
    "Sven=Svenne Kristina=Kicki Birgitta=Gittan Anders=Adde Johan=Jocke Maria=Mia Karin=Kajsa "
    "Ingrid=Inga Elin=Ellen Göran=Jöran Jonas=Jonte Simon=Simme Sofia=Fia Elsa=Elsie "
    "James=Jim Thomas=Tom William=Bill Samuel=Sam Edward=Ted Peter=Pete Andrew=Andy "
    "Rebecca=Becky Charlotte=Lottie Emily=Em Oliver=Ollie Henry=Harry Megan=Meg Martin=Marty "
    "Mariam=Mimi Agnieszka=Aga Miguel=Migue Matteo=Teo Carlos=Carlitos"
)
_PINYIN = _pairs(
    "芳=Fang 伟=Wei 敏=Min 静=Jing 丽=Li 强=Qiang 磊=Lei 洋=Yang 艳=Yan 勇=Yong 军=Jun 杰=Jie "
    "娟=Juan 涛=Tao 明=Ming 超=Chao 秀英=Xiuying 晓明=Xiaoming 雪梅=Xuemei 建国=Jianguo "
    "小红=Xiaohong 文博=Wenbo 雨桐=Yutong 思远=Siyuan 子涵=Zihan 嘉怡=Jiayi 志强=Zhiqiang "
    "海燕=Haiyan 晨曦=Chenxi 欣怡=Xinyi 王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 杨=Yang 黄=Huang "
    "赵=Zhao 吴=Wu 周=Zhou 徐=Xu 孙=Sun 马=Ma 朱=Zhu 胡=Hu 郭=Guo 何=He 林=Lin 高=Gao 罗=Luo "
    "郑=Zheng 梁=Liang 谢=Xie 宋=Song 唐=Tang 许=Xu 韩=Han 邓=Deng 冯=Feng 曹=Cao 欧阳=Ouyang"
)
_NOT_COMPOSED = str.maketrans({"ø": "o", "ı": "i", "đ": "d", "ł": "l", "æ": "ae", "'": ""})


@dataclass(frozen=True, slots=True)
class Spellings:
    """Every name, and its other forms: `size[i]` of them in `text` from `first[i]` on."""

    names: pa.StringArray
    local: pa.StringArray  # what stands before the @ of an address made from it
    language: pa.StringArray
    text: pa.StringArray
    form: Ints  # of FORMS
    first: Ints
    size: Ints

    def index(self, names: pa.StringArray) -> Ints:
        """Which of the names each is."""
        found: Ints = pc.index_in(names, self.names).to_numpy().astype(np.int64)
        return found

    def written(
        self, which: Ints, share_otherwise: float, rng: np.random.Generator
    ) -> tuple[pa.StringArray, Ints]:
        """Each name as somebody wrote it, and in which form."""
        nth = (rng.random(which.size) * self.size[which]).astype(np.int64)
        otherwise = rng.random(which.size) < share_otherwise
        place = self.first[which] + nth
        name = pc.if_else(pa.array(otherwise), self.text.take(place), self.names.take(which))
        return name, np.where(otherwise, self.form[place], 0)


@lru_cache(maxsize=1)
def spellings() -> Spellings:
    """The other forms of all names."""
    everybody = all_names()
    forms = [_forms(each) for each in everybody]
    size = np.array([len(each) for each in forms])
    languages = {"sv": "sv", "en": "en", "zh": "zh-hans", "others": "sv"}
    return Spellings(
        names=pa.array([each.full for each in everybody]),
        local=pa.array(
            [".".join(map(_plain, (e.given, e.family))).lower().replace("-", "") for e in everybody]
        ),
        language=pa.array([languages[each.origin] for each in everybody]),
        text=pa.array([text for each in forms for text in each]),
        form=np.array([FORMS.index(form) for each in forms for form in each.values()]),
        first=np.cumsum(size) - size,
        size=size,
    )


def _forms(name: NameParts) -> dict[str, str]:
    """The other ways to write a name, each with the form that it is."""
    given, family = _plain(name.given), _plain(name.family)
    short = family if name.family_first else name.family
    called = [("plain", f"{given} {family}"), ("initial", f"{given[0]}. {short}")]
    called += [("turned", f"{family} {given}" if name.family_first else f"{family}, {given}")]
    called += [("upper", f"{given} {family}".upper())]
    if name.family_first:
        called += [("nickname", f"阿{name.given[-1]}")]
    elif nickname := _NICKNAMES.get(name.given):
        called += [("nickname", f"{nickname} {name.family}")]
    called += [("typo", text) for text in _typos(name)]
    return {text: form for form, text in reversed(called) if text != name.full}


def _plain(word: str) -> str:
    """A word in the 26 letters."""
    latin = _PINYIN.get(word, word).translate(_NOT_COMPOSED)
    letters = unicodedata.normalize("NFKD", latin)
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def _typos(name: NameParts) -> list[str]:
    if name.family_first:  # a sign that sounds the same
        return [
            name.full.replace(a, b) for a, b in ("李黎", "陈程", "芳方", "静敬", "伟玮", "明铭")
        ]
    middle = len(name.family) // 2
    left, right = name.family[:middle], name.family[middle:]
    spoiled = (
        left + right[1:],
        left + right[0] + right,
        left[:-1] + right[0] + left[-1] + right[1:],
    )
    return [f"{name.given} {family}" for family in spoiled]
