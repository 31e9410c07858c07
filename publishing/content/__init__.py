"""Records with a public page, below everything that searches, checks or shows them."""
