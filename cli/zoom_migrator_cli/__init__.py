"""The operator's command line: the same use cases as the functions, on a deployed stack."""
