"""Where the real data sets are, if they are beside this checkout."""

from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"

needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="real data sets are not beside this checkout"
)
