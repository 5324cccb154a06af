"""Output for people: marked photos, pages, spreadsheets and tables made of results. Knows no detection."""
