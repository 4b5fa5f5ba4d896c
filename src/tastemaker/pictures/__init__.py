"""Posters and descriptions from an outside API, through the server itself."""
