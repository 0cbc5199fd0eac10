"""Tests of the store, the scheduler and what they serve."""
