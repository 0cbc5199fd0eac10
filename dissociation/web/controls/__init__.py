"""Parameters as controls."""
