"""A process that ends in the middle of background work ends in order."""

import subprocess
import sys

PROGRAM = """
import duckdb
from components.background import is_ending, start

def work():
    store = duckdb.connect()
    for _ in range(1000):
        if is_ending():
            print("left", flush=True)
            return
        store.execute("select sum(a.range * b.range) from range(1000) a, range(10000) b").fetchall()

start("import", work)
"""


def test_the_work_leaves_when_the_process_ends():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "left\n"), done.stderr
