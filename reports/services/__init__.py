"""Acts on the numbers: adding them up, and counting them again from the facts."""
