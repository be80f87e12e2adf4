"""Pages. Each view reads through a selector, acts through a service and renders; it holds no rule."""
