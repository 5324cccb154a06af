"""Trials that take long: kills, damage, random requests, bare systems, other versions."""
