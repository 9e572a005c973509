"""The conversation and one module per model provider."""
