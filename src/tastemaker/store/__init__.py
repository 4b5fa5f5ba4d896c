"""The database: what happened, kept for good. SQLite or PostgreSQL, picked by URL."""
