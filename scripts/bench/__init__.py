"""Benchmarks: each prints its tables beside the plain recipe or beside what the machine allows."""
