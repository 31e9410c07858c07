"""models.dev: vendors' data on their models and providers' offerings. https://github.com/anomalyco/models.dev"""
