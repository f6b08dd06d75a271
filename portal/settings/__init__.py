"""What the library itself chooses: its name, promises, branches, rooms and topics."""
