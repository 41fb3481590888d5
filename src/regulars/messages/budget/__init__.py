"""The contact budget: what a customer may be sent, by what way, when, and how often. Pure."""
