"""Places in texts as Qt counts them: in units of UTF-16, where we count code points."""


def utf16_length(text: str) -> int:
    """How many units a text takes in Qt's strings and documents."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
