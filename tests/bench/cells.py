"""python -m tests.bench.cells: 20,000 random tables, none with a hidden cell that can be pinned."""

import sys

from tests.core.test_cells import check

NUMBER = 20_000

if __name__ == "__main__":
    check(NUMBER, seed=2)
    sys.stdout.write(f"small cells: {NUMBER:,} tables, 0 cells pinned\n")
