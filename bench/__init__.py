"""Speed, as ratios against bare floors measured in the same run, in turns, on the same rows."""
