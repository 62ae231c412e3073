"""Notices on their way to people under every schedule of crashes, lost answers and races."""
