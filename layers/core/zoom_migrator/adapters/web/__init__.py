"""Pages for people: requests from API Gateway, forms, and answers with strict headers.

Plain functions instead of a routing library: the product has a handful of routes, and the one
that Powertools brings would add a tenth to every cold start.
"""
