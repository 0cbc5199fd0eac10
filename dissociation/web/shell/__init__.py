"""What surrounds every page: its frame, its state, its watches; and what a feature is."""
