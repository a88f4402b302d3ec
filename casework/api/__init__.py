"""What programs may call: visits in, households out. Services and filters are those of the pages."""
