"""Chance for each part of the company: a new part leaves what the others draw as it was."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np


@dataclass(frozen=True, slots=True)
class Streams:
    """Generators by name, for one chunk of customers; `chunk` 0 is the company as a whole."""

    seed: int
    chunk: int

    def of(self, name: str) -> np.random.Generator:
        """The generator of the part called so."""
        key = (self.chunk, crc32(name.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
