"""The review queue: a librarian reads every text before it appears, and its writer hears why."""
