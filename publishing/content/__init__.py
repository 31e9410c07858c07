"""Records with a page of their own, below everything that searches, checks or shows them."""
