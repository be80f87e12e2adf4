"""Sessions as files: JSON Lines and dataset folders out, JSON Lines back in. See docs/data.md."""
