"""The same scan on several machines."""
