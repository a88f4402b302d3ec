"""Acts on the numbers: adding them up, counting them again from the facts."""
