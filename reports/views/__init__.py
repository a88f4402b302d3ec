"""Pages and downloads of the numbers."""
