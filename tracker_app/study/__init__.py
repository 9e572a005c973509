"""The study: its file and the participant's way through it. Pure."""
