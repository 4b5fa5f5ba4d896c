"""What stands behind the ports: embedded, or a server of its own. Picked by URL in `wire`."""
