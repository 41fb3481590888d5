"""Small things every part stands on: errors, texts, money, progress."""
