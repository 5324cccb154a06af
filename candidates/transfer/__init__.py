"""Carrying a gallery to another machine or another face model."""
