"""Every message and wire type that crosses a service's border."""
