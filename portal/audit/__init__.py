"""Who did what, when, to which thing. Written in the same transaction, never changed."""
