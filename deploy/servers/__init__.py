"""Real servers on this machine, for tests and for trying the adapters out."""
