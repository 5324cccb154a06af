"""What may be asked, under which address, and by whom."""
