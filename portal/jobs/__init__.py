"""Work that nobody waits for: rules that run by the clock, and the loop that runs them."""
