"""What people write to the help desk about, in their own language."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# Each is about Systems, Value or People, in the sense of what turns customers away.
_TOPICS = {
    "late_delivery": (
        "Systems",
        "high",
        "Min leverans kom inte i tid",
        "My delivery did not come in time",
        "我的包裹没有按时送到",
    ),
    "no_call_back": (
        "Systems",
        "high",
        "Ingen ringde upp mig",
        "Nobody called me back",
        "没有人给我回电话",
    ),
    "repair": (
        "Value",
        "normal",
        "Hur går det med reparationen?",
        "How is the repair going?",
        "维修进展如何？",
    ),
    "return": (
        "Value",
        "normal",
        "Fråga om min retur",
        "A question about my return",
        "关于退货的问题",
    ),
    "quality": (
        "Value",
        "normal",
        "Teet smakar inte som förra gången",
        "The tea does not taste as it did last time",
        "这次的茶和上次味道不一样",
    ),
    "price": (
        "Value",
        "low",
        "Varför har priset gått upp?",
        "Why has the price gone up?",
        "为什么涨价了？",
    ),
    "queue": (
        "Systems",
        "normal",
        "Kön i butiken var för lång",
        "The queue in the shop was too long",
        "店里排队太久",
    ),
    "website": (
        "Systems",
        "normal",
        "Det gick inte att betala på sidan",
        "I could not pay on the website",
        "网站上无法付款",
    ),
    "rude_staff": (
        "People",
        "high",
        "Bemötandet i butiken",
        "How I was met in the shop",
        "店员的态度",
    ),
    "advice": (
        "People",
        "low",
        "Vilket te passar till frukost?",
        "Which tea goes with breakfast?",
        "早餐适合配什么茶？",
    ),
}
TOPICS = tuple(_TOPICS)
CAUSES = {topic: cause for topic, (cause, *_) in _TOPICS.items()}
SUBJECTS = {
    language: tuple(row[place] for row in _TOPICS.values())
    for place, language in ((2, "sv"), (3, "en"), (4, "zh-hans"))
}


def priorities(topic: NDArray[np.int64]) -> pa.StringArray:
    """How urgent each topic is, as the help desk writes it."""
    return pa.array([row[1].capitalize() for row in _TOPICS.values()]).take(topic)
