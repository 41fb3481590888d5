"""What the user asked of a report, beside the files themselves."""

from dataclasses import dataclass, field

from regulars.measure.activity import Thresholds
from regulars.measure.regulars import Definition


@dataclass(frozen=True, slots=True)
class Asked:
    """Definition of a regular, horizon in days, language, company's name, and who computes it."""

    definition: Definition = field(default_factory=Definition)
    horizon_days: int = 90
    lang: str = "en"
    company: str | None = None
    goal: float | None = None  # a wished share of regulars
    engine: str = "duckdb"  # or "spark", "spark=MASTER"
    level: float = 0.95
    thresholds: Thresholds = field(default_factory=Thresholds)
