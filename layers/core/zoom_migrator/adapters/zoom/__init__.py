"""Zoom, asked over HTTP."""
