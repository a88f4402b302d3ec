"""What programs may call: visits in, households out. The same services, predicate and filters as the pages."""
