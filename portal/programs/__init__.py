"""From a backed idea to something that takes place: planning, seats, doors, counting."""
