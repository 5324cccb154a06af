"""Scanning with several machines (Ray)."""
