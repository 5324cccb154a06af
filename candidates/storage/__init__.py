"""The gallery as one SQLite file: tables, rows, transactions, and what SQLite refuses, in words."""
