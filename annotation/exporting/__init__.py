"""Questions with their labels, out: plain writers over one stream of rows."""
