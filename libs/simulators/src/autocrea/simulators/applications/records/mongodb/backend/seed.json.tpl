§{seed_json}
