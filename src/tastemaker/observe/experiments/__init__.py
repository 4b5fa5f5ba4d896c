"""Comparing variants on people: who gets which, and what came of it."""
