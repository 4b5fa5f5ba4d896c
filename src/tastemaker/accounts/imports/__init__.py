"""Ratings and lists that a person brings along from elsewhere."""
