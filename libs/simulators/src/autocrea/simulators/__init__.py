"""Model providers, the identity issuer and Stripe, simulated over their real wires, in one process of their own."""
