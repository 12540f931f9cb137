"""What so many players need, reckoned from what was measured."""
