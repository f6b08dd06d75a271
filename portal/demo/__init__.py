"""The demo library: two years of an invented county, made through the same services as real use
with the clock moved. Its words and figures are in ``library.json``."""
