"""Registering people from what offices have: tables, spreadsheets, folders of photos."""
