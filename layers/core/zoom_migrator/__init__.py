"""Zoom OAuth Migrator: moves a fleet of Salesforce orgs from Zoom's JWT app to OAuth."""
