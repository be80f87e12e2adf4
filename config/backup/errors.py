"""What can go wrong with a backup; the sentence names fault and mend."""


class BackupError(Exception):
    """A backup was not written, or one was not restored. Nothing was changed."""
