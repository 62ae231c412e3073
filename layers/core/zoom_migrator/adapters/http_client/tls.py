"""The rules of TLS."""

from __future__ import annotations

import ssl


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """The rules of TLS for all connections: certificates and host names are always verified.

    Making one costs as much as several checks, so a gateway makes it once and shares it.

    Args:
        ca_file: PEM file of the only authorities to trust, instead of the system's.
    """
    context = _SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=ca_file)
    return context


class _SharedContext(ssl.SSLContext):
    """A context that threads can share.

    urllib3 sets the protocols to offer anew for every connection; OpenSSL frees the old list
    while another thread may be copying it. HTTP/1.1 is spoken anyhow, which needs no offer.
    """

    def set_alpn_protocols(self, alpn_protocols: object) -> None:
        """Leave the list as it is."""
