"""The identity issuer: Clerk-shaped session tokens for fixture accounts and for accounts minted on request."""
