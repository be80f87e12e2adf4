"""Items, labels and model versions for programs: read-only, with the same permissions as the pages."""
