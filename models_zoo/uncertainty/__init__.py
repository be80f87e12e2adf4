"""Monte-Carlo dropout: how the passes are drawn and what they say about doubt."""
