"""What all adapters have in common that speak HTTP to somebody outside AWS."""
