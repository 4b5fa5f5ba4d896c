"""Pure types and rules of the domain. No I/O."""
