"""Customers who behave exactly as a model says, with parameters we chose."""

import numpy as np


def leaving_after_purchases(
    n: int,
    *,
    truth: dict[str, float],
    seed: int,
    longest: float,
    k: int = 1,
    leaves_at_start: bool = True,
) -> dict[str, np.ndarray]:
    """Histories of MBG/CNBD-k or BG/CNBD-k, watched for times spread evenly over a range."""
    random = np.random.default_rng(seed)
    rate = random.gamma(truth["r"], 1 / truth["alpha"], n)
    leaves = random.beta(truth["a"], truth["b"], n)
    x, t_x, log_gaps, T = np.zeros(n), np.zeros(n), np.zeros(n), random.uniform(0, longest, n)
    here = np.flatnonzero(random.random(n) > leaves) if leaves_at_start else np.arange(n)
    while len(here):
        gap = random.gamma(k, 1 / rate[here])
        bought = t_x[here] + gap < T[here]
        here, gap = here[bought], gap[bought]
        x[here] += 1
        t_x[here] += gap
        log_gaps[here] += np.log(gap)
        here = here[random.random(len(here)) > leaves[here]]
    made = {"x": x, "t_x": t_x, "T": T}
    return made if k == 1 else made | {"log_gaps": log_gaps}
