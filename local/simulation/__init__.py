"""What the simulators share: a loopback server that can break its answers, and a thread for it."""
