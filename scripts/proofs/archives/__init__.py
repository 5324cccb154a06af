"""Trees of files that a scan has to get through, and what has to come of them."""
