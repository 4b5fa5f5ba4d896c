"""Generated people and films, whose tastes are known."""
