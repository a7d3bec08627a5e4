"""What an operator asks of the services: over their operator routes, and told so that it can be read at night."""
