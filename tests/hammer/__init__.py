"""Many at once, and exactly one wins: whole requests from several processes at a barrier, each
round on fresh rows, and afterwards the rows are counted.

    python -m tests.hammer                            2,000 rounds of each game, on both databases
    python -m tests.hammer --rounds 20 --game vote --db URL
    python -m tests.hammer --game rush --people 2000  they want 24 seats, from four server processes

With FOREWORD_FAULT=<name> in the environment a fault of ``faults.py`` is planted first, to prove
that it would be noticed.
"""

import os

from tests.hammer import faults

if name := os.environ.get(faults.VARIABLE):
    faults.plant(name)
