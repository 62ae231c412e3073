"""An answer ready for the wire, and how it travels."""

from local.simulation.reply import JSON, Delivery, Reply

__all__ = ["JSON", "Delivery", "Reply"]
