"""Import of external texts: content pasted into the editor, and files that become a draft. Both share one reader."""
