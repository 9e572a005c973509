"""The only code that opens devices: camera and mouse."""
