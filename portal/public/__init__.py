"""The front room of residents and visitors: pages that show several capabilities at once."""
