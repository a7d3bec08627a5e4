"""The outside's hand on the simulators: rules that make them misbehave, and the log of what they received."""
