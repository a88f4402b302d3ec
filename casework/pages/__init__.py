"""What each page shows, gathered from access and queries into plain objects: no request, no HTML."""
