"""Checks the Salesforce simulator with clients that nobody here wrote."""
