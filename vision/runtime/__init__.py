"""Running things: network sessions, threads, worker processes, system libraries, atomic file writes."""
