"""The sections of a pack, one function each: from a snapshot to blocks."""
