"""Pages. Views translate between requests and services; rules live in services."""
