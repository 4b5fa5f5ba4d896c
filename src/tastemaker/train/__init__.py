"""Split, fit, evaluate, compare."""
