"""What runs the rest: network sessions, threads, worker processes, libraries of the system, files written whole."""
