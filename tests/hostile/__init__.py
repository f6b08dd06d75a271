"""What people of ill will type: texts that would be scripts, addresses that lead elsewhere, forms
filled with what nobody asked for. A browser without our content policy is the judge of texts and
addresses.

    python -m tests.hostile texts --texts 100000
    python -m tests.hostile addresses --addresses 100000
    python -m tests.hostile forms --cases 10000
"""
