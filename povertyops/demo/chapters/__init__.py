"""The provinces of the story, one file each; `tell` in each is given a Teller and today's date."""
