"""Reads with a join, an annotation or more than one caller."""
