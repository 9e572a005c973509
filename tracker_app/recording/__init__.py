"""The durable local journal and its way to the collection server."""
