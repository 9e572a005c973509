"""A whole session played by a program, on a screen of its own where there is none."""
