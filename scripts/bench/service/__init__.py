"""What the scripts that try the service share."""
