"""What people look at afterwards: the marked photo and the pages and tables made of results. Knows no detection."""
