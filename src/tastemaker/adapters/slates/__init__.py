"""Stored slates: in the database, MongoDB, Redis."""
