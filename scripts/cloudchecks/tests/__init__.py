"""That each check finds a fault that was put there."""
