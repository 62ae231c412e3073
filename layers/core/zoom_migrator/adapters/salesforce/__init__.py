"""Salesforce orgs, asked over HTTP."""

from zoom_migrator.adapters.salesforce.credentials import AppCredentials, parse_app_credentials
from zoom_migrator.adapters.salesforce.gateway import HttpSalesforceGateway
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings

__all__ = [
    "AppCredentials",
    "HttpSalesforceGateway",
    "SalesforceSettings",
    "parse_app_credentials",
]
