"""The ports of :mod:`zoom_migrator.ports`, made of real services or of memory."""
