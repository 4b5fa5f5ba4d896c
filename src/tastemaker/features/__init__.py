"""Tables built once from a data set, and the store that keeps their versions."""
