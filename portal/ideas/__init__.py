"""Ideas for programs, and the votes they gather."""
