"""From files and queries to a validated, described data set."""
