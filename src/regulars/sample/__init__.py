"""Example companies with planted truth, written as files."""

from regulars.sample.company import Company, write_company
from regulars.sample.load import bench_orders
from regulars.sample.planted import PLAIN, STORY, Planted

__all__ = ["PLAIN", "STORY", "Company", "Planted", "bench_orders", "write_company"]
