"""LiteLLM's map of prices, limits and end-of-service dates by provider. https://github.com/BerriAI/litellm"""
