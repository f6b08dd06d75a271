"""The front room of those who answer for the library: what came of ideas, and what was put on."""
