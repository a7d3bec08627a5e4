"""The HTTP and SSE edge: identity, projects, the read model and its feeds."""
