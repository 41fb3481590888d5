"""`regulars import` as a user runs it: on a house that runs, cut off, and where there is none."""

import os
import signal
import subprocess
import time

import pytest

from tests.support.house import CLEAN, COMMAND, Up, free_port

ORDERS = "order_id,customer_id,email,order_date,amount\n" + "".join(
    f"{n},{n % 900},c{n % 900}@example.org,2026-01-05,{n}.50\n" for n in range(30_000)
)


def command(home, *words):
    return subprocess.Popen(
        [*COMMAND, "import", *map(str, words), "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN,
        cwd=words[0].parent,
    )


def finished(process):
    said, wrong = process.communicate(timeout=120)
    return process.returncode, said, wrong


def test_where_there_is_no_house_it_says_so(open_folder):
    file = open_folder / "few-orders.csv"
    file.write_text(ORDERS[:300])
    code, _, wrong = finished(command(open_folder / "nowhere", file))
    assert code == 2
    assert "There is no house on" in wrong


@pytest.mark.timeout(400)
def test_an_import_that_is_killed_goes_on_when_it_is_started_again(open_folder):
    home = open_folder / "import-house"
    up = Up(home, free_port()).until("The house is up")
    try:
        file = open_folder / "orders.csv"
        file.write_text(ORDERS)
        cut_off = command(home, file)
        for line in cut_off.stderr:
            if "Writing orders" in line:
                break
        time.sleep(0.5)
        os.kill(cut_off.pid, signal.SIGKILL)
        cut_off.communicate()
        code, said, wrong = finished(command(home, file))
        assert (code, "Traceback" in wrong) == (0, False)
        (counted,) = [line for line in said.splitlines() if "rows read =" in line]
        figures = [int(word.replace(",", "")) for word in counted.split() if word[0].isdigit()]
        n_read, n_new, n_same, n_changed, n_aside = figures
        assert (n_read, n_changed, n_aside) == (30_000, 0, 0)
        assert n_new + n_same == 30_000
        code, said, _ = finished(command(home, file))
        assert "30,000 rows read = 0 new + 30,000 already there + 0 changed" in said
    finally:
        up.stop()
        up.process.stdout.close()
