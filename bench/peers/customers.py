"""The customers that all programs are given, and the likelihood that judges where they end."""

import duckdb
import numpy as np

from bench.real import REAL
from regulars.measure.models.cells import collapse
from regulars.measure.models.dropout_likelihood import DropoutLikelihood
from regulars.measure.models.gamma_gamma import GammaGammaLikelihood
from regulars.measure.models.inputs import History
from regulars.measure.models.pareto_likelihood import ParetoLikelihood

Columns = dict[str, np.ndarray]
RATES, LEAVING = {"shape": 0.8, "scale": 1 / 73}, {"a": 0.9, "b": 4.5}
SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}
DAYS = 730
PARAMS = {
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_nbd": ("r", "alpha", "a", "b"),
    "pareto_nbd": ("r", "alpha", "s", "beta"),
    "gamma_gamma": ("p", "q", "gamma"),
}


def cdnow() -> Columns:
    """The whole cohort to 1997-09-30, in days."""
    found = duckdb.sql(f"""
        with days as (
            select customer_id, date as day, sum(amount) as spent
            from '{REAL}/cdnow/cdnow_full.parquet' where date <= '1997-09-30' group by all),
        known as (select *, min(day) over (partition by customer_id) as first from days)
        select count(*) - 1 as x, max(day) - min(day) as t_x, date '1997-09-30' - min(day) as T,
               coalesce(avg(spent) filter (day > first), 0) as mean_spend
        from known group by customer_id order by customer_id""").fetchnumpy()
    return {name: np.asarray(column, float) for name, column in found.items()}


def simulated(n: int, *, seed: int) -> Columns:
    """Customers of MBG/NBD by days, watched for half to all of two years, with their spend."""
    random = np.random.default_rng(seed)
    rate, leaves = random.gamma(**RATES, size=n), random.beta(**LEAVING, size=n)
    T = random.integers(DAYS // 2, DAYS, n, endpoint=True).astype(float)
    x, t_x, now = np.zeros(n), np.zeros(n), np.zeros(n)
    here = np.flatnonzero(random.random(n) > leaves)
    while len(here):
        now[here] += random.exponential(1 / rate[here])
        here = here[now[here] < T[here]]
        day = np.ceil(now[here])
        x[here] += day > t_x[here]
        t_x[here] = day
        here = here[random.random(len(here)) > leaves[here]]
    scale = random.gamma(SPEND["q"], 1 / SPEND["gamma"], n)
    mean = random.gamma(SPEND["p"] * np.maximum(x, 1)) / scale / np.maximum(x, 1)
    return {"x": x, "t_x": t_x, "T": T, "mean_spend": np.where(x > 0, mean, 0.0)}


def for_model(model: str, columns: Columns) -> Columns:
    """What a model takes of them: Gamma-Gamma only customers with spend."""
    if model == "gamma_gamma":
        spent = columns["mean_spend"] > 0
        return {name: columns[name][spent] for name in ("x", "mean_spend")}
    return {name: columns[name] for name in ("x", "t_x", "T")}


def cells_of(columns: Columns) -> Columns:
    """Customers alike as one row with their number, as the database gives them."""
    cells = collapse(History(**columns, n=np.ones(len(columns["x"]))))
    return {"x": cells.x, "t_x": cells.t_x, "T": cells.T, "weights": cells.n}


class Judge:
    """The log-likelihood of one model on its customers, at anybody's parameters."""

    def __init__(self, model: str, columns: Columns) -> None:
        self.model = model
        if model == "gamma_gamma":
            self.likelihood = GammaGammaLikelihood(**columns, n=np.ones(len(columns["x"])))
            return
        cells = cells_of(columns)
        rows = History(cells["x"], cells["t_x"], cells["T"], cells["weights"])
        if model == "pareto_nbd":
            self.likelihood = ParetoLikelihood(rows)
        else:
            self.likelihood = DropoutLikelihood(rows, k=1, leaves_at_start=model == "mbg_nbd")

    def __call__(self, params: dict[str, float]) -> float:
        return self.likelihood(np.array([params[name] for name in PARAMS[self.model]]))[0]
