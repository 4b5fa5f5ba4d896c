"""From a history to a slate."""
