"""What comes in from elsewhere: ideas from other systems."""
