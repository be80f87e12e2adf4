"""Backup and restore of everything that cannot be made again: database, model store, the sign-in key."""
