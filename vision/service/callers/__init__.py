"""Callers of the service: API keys, login codes, sessions."""
