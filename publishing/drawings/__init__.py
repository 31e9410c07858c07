from publishing.drawings.drawing import Drawing, drawing_about

__all__ = ["Drawing", "drawing_about"]
