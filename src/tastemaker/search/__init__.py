"""Find items by what a person types."""
