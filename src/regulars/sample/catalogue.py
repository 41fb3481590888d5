"""What the example shop sells, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One article; `weight` says how often it is taken, `price` is in kronor."""

    name: str
    category: str
    price: int
    weight: float


COMPANY = "Lindqvist Te & Kaffe"
CURRENCY = "SEK"
# name, hours open, share of customers whose usual way it is
CHANNELS = (
    ("Haga branch", (9.5, 19.0), 0.42),
    ("Vasagatan branch", (10.0, 18.5), 0.31),
    ("Web shop", (6.5, 23.5), 0.27),
)
WEB = 2

_SHELVES: dict[str, tuple[tuple[str, int, float], ...]] = {
    "Black tea": (
        ("Earl Grey Special 100 g", 79, 9.0),
        ("Söderblandning 100 g", 75, 8.0),
        ("Assam Mangalam 100 g", 89, 5.0),
        ("Darjeeling First Flush 50 g", 119, 3.0),
        ("Lapsang Souchong 100 g", 85, 2.5),
        ("Keemun 祁门红茶 100 g", 98, 2.0),
        ("Breakfast Tea, 20 bags", 52, 4.0),
    ),
    "Green tea": (
        ("Sencha Fukujyu 100 g", 95, 5.0),
        ("Longjing 龙井 50 g", 149, 2.5),
        ("Jasmine Pearls 50 g", 112, 3.0),
        ("Genmaicha 100 g", 79, 2.0),
        ("Matcha, tin 30 g", 229, 2.0),
    ),
    "Oolong and white": (
        ("Tie Guan Yin 铁观音 50 g", 135, 2.0),
        ("Dong Ding Oolong 50 g", 142, 1.5),
        ("Bai Mu Dan 50 g", 109, 1.2),
    ),
    "Herbs and rooibos": (
        ("Rooibos Vanilla 100 g", 69, 5.0),
        ("Peppermint, whole leaf 50 g", 59, 3.0),
        ("Chamomile 50 g", 59, 2.0),
        ("Ginger and Lemon 100 g", 72, 3.5),
    ),
    "Coffee": (
        ("House Blend, whole beans 250 g", 89, 11.0),
        ("House Blend, ground 250 g", 89, 6.0),
        ("Espresso Nero 250 g", 99, 7.0),
        ("Ethiopia Yirgacheffe 250 g", 119, 5.0),
        ("Kenya AA Nyeri 250 g", 129, 3.5),
        ("Colombia Huila, decaf 250 g", 109, 2.5),
        ("House Blend, whole beans 1 kg", 319, 3.0),
    ),
    "Pots and cups": (
        ("Tea strainer, steel", 69, 1.6),
        ("Stoneware mug", 149, 1.4),
        ("Gaiwan, porcelain", 289, 0.4),
        ("Teapot, cast iron 0.8 l", 649, 0.35),
        ("Pour-over dripper", 249, 0.5),
        ("Hand grinder", 795, 0.2),
    ),
    "Sweets and biscuits": (
        ("Cardamom rusks 200 g", 49, 5.0),
        ("Almond biscotti 180 g", 62, 4.0),
        ("Dark chocolate 70 % 100 g", 55, 5.0),
        ("Honey from Bohuslän 350 g", 95, 1.8),
    ),
    "Gifts": (
        ("Gift box, three teas", 259, 1.6),
        ("Gift box, coffee and chocolate", 299, 1.4),
        ("Advent tea calendar", 349, 0.5),
    ),
}

PRODUCTS = tuple(
    Product(name, category, price, weight)
    for category, shelf in _SHELVES.items()
    for name, price, weight in shelf
)
