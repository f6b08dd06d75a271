"""Who may do what with whose things, address by address: ``table.py`` states it, cell by cell,
``things.py`` has people and things, ``test_matrix.py`` asks the portal. What is about no rule of
persons (dates, stages, what a form wants) is arranged so that it does not stand in the way."""
