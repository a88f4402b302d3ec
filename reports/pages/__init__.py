"""What the pages of the numbers show, as plain objects: no request, no HTML."""
