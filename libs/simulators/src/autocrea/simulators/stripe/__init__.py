"""Stripe Checkout, simulated over its real wire: sessions, payments, refunds, disputes, events, signed webhooks."""
