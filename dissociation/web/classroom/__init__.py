"""Predictions, and the rooms of a class."""
