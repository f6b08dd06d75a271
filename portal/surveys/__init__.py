"""What changed for those who came: asking, answering without a name, outcomes, results."""
