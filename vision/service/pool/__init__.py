"""The processes that judge photos, and the jobs that travel to them."""
