"""Composition roots of the functions: ports built from settings, once an execution environment.

A module each, because a cold start imports the whole module: what only the scan needs, such as
the signing of logins, would cost every other function a sixth of its start.
"""
