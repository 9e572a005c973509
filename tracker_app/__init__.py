"""Records how people read LLM answers: gaze, mouse and text layout on one clock."""

__version__ = "0.1.0"
