"""Turning photos of people into templates: whose face is meant, whether it is good enough, and strangers."""
