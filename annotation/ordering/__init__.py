"""Which question to label next: what each one is worth, and the queue that follows. No database."""
