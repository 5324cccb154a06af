"""Changing the gallery over HTTP, and noticing when another program changed it."""
