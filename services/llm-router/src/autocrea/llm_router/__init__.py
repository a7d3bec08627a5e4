"""Model calls: providers, streaming, the output protocol, usage."""
