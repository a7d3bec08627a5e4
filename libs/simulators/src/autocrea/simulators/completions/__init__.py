"""OpenAI's chat-completions wire, which JoxCoder speaks too."""
