"""One index of public words: put, drop, find."""
