"""The REST API of the catalogue: viewsets over stored documents, and their filters."""
