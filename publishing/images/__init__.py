"""Images: checking and sanitising uploads, renditions, generated covers."""
