"""Where the log of slates is kept."""
