"""Texts from elsewhere: what is pasted into the editor, and files that become a draft. One reading for both."""
