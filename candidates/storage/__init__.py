"""The gallery's SQLite file: tables, rows, transactions, and typed errors for what SQLite refuses."""
