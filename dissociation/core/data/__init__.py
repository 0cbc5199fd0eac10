"""Images and what is asked of them."""
