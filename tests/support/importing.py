"""Imports of texts written on the spot, their counts checked each time."""

import csv
from pathlib import Path

from regulars.book.importing.asked import Asked
from regulars.book.importing.run import import_files
from regulars.book.models import FileImport


class Import:
    """One import and what it left in the folder of rows put aside."""

    def __init__(self, made, folder):
        self.made, self.folder = made, folder

    def counts(self):
        """(new, same, changed, put aside)."""
        counts = self.made.counts
        return counts.n_new, counts.n_same, counts.n_changed, self.made.n_put_aside

    def reasons(self):
        return dict(self.made.reasons)

    def aside(self):
        """The rows put aside, as dicts, over all files."""
        rows = []
        for path in self.made.put_aside:
            with Path(path).open(encoding="utf-8-sig", newline="") as file:
                rows += csv.DictReader(file)
        return rows


def imported(folder, *paths, **asked):
    """Import files, and check that every row is accounted for, on the terminal and in the table."""
    folder = Path(folder) / "aside"
    made = import_files([Path(path) for path in paths], Asked(**asked), aside=folder)
    counts = made.counts
    assert counts.n_read == counts.n_new + counts.n_same + counts.n_changed + made.n_put_aside
    held = FileImport.objects.get(pk=made.id)
    assert held.state == "done"
    assert (held.n_read, held.n_new, held.n_same, held.n_changed, held.n_put_aside) == (
        counts.n_read,
        counts.n_new,
        counts.n_same,
        counts.n_changed,
        made.n_put_aside,
    )
    done = Import(made, folder)
    assert len(done.aside()) == made.n_put_aside
    return done


def import_text(folder, text, name="file.csv", **asked):
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return imported(folder, path, **asked)
