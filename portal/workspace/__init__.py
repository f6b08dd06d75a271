"""The front room of partners: what waits for them, and what came of what they did."""
