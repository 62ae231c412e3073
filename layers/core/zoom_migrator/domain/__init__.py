"""The rules of a migration, free of I/O, clocks and randomness."""
