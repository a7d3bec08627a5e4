"""Asking the gateway for an application and following it to its end: the API's client, what a person sees,
the outcome."""
