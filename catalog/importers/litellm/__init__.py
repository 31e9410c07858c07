"""LiteLLM's map of prices and limits: what providers charge, and until when they serve. https://github.com/BerriAI/litellm"""
