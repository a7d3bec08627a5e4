"""The rules on what the files of a step say: each takes the facts and the contract, none looks at a text."""
