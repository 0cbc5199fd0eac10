"""Theory beside the measurement: closed forms, and what they predict."""
