"""Networks: trained, taken apart, and told to be equal."""
