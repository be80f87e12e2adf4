"""Websockets: they carry frames and hold no rules. Services decide, selectors read."""
