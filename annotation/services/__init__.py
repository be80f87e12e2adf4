"""Every write. ``<entity>_<action>``, keyword arguments only, each whole or not at all."""
