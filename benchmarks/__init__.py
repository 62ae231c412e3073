"""What the product costs in time, memory and calls, measured against other ways to do the same."""
