"""Offers to help, and what the library and a partner promise each other."""
