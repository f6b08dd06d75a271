"""Telling people what they asked to know, and nothing they said no to."""
