"""What a person types: ``flask portal …``, and the processes that serve.

Kept empty: the supervisor imports this package and must stay light.
"""
