"""Summaries of curves over networks, and what may be said of their differences."""
