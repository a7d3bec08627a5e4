"""The whole product on one machine: its state folder, its processes, and what keeps them running."""
