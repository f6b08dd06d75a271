"""The front room of staff: Today, the lists, and the wizard from an idea to an event."""
