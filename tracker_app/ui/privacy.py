"""What the privacy page says of a session: read off what is really recorded and sent."""
