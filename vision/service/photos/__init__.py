"""Photos as they come in and what is remembered of them; nothing is kept."""
