"""Words for the codes of the book, as pages say them."""

from regulars.kit.texts import N_

CONTACT_WORDS = {
    ("visit", "in"): N_("Came by"),
    ("visit", "out"): N_("We went to them"),
    ("call", "in"): N_("Called"),
    ("call", "out"): N_("We called"),
    ("chat", "in"): N_("Began a chat"),
    ("chat", "out"): N_("We began a chat"),
    ("email", "in"): N_("Wrote an e-mail"),
    ("email", "out"): N_("We wrote an e-mail"),
}
PROMISE_WORDS = {
    "delivery": N_("delivery"),
    "call_back": N_("a call back"),
    "repair": N_("a repair"),
    "refund": N_("a refund"),
    "other": N_("something else"),
}
STANDING_WORDS = {
    "regular": N_("Regular"),
    "repeat": N_("Comes again"),
    "first_time": N_("Bought once"),
    "lapsing": N_("Slipping away"),
    "lost": N_("Lost"),
    "regained": N_("Regained"),
    "prospect": N_("Has not bought yet"),
}
DAY_WORDS = {
    "birthday": N_("Birthday"),
    "anniversary": N_("Anniversary"),
    "holiday": N_("Holiday"),
}
PURPOSE_WORDS = {
    "news": N_("News"),
    "offers": N_("Offers"),
    "surveys": N_("Surveys"),
    "greetings": N_("Greetings"),
    "service": N_("Service"),
}
IDENTITY_WORDS = {
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "card": N_("Card"),
    "external": N_("Number at {source}"),
}
