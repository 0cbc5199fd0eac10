"""What the pages of curves share: Robustness, Transfer, Sweep and Hypothesis."""
