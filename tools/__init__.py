"""Programs that `make setup` runs once."""
