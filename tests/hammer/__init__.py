"""Many at once, and exactly one wins: whole requests from several processes at a barrier, each
round on fresh rows, and afterwards the rows are counted.

    python -m tests.hammer                            2,000 rounds of each game, on both databases
    python -m tests.hammer --rounds 20 --game vote --db URL
    python -m tests.hammer --game rush --people 2000  they want 24 seats, from four server processes
    python -m tests.hammer --faults                   each fault in faults.py is noticed in a game
"""
