"""``make demo``: the whole product on this machine, from a fleet file to migrated orgs."""
