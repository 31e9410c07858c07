"""models.dev: what labs say of their models, and what providers offer. https://github.com/anomalyco/models.dev"""
