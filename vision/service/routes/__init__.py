"""The HTTP routes, their options, and who may call them."""
