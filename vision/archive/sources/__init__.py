"""Where photos lie: folders, lists, zips, tars, object stores; listed, opened, read, always bounded."""
