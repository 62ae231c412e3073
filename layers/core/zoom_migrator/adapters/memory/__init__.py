"""Every port kept in memory: for tests, dry runs and whatever needs no lasting store."""
