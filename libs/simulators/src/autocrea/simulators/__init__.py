"""JoxCoder and the identity issuer, simulated over their real wires, in one process of their own."""
