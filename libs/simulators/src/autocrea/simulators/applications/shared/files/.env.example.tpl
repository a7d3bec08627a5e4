§{env_example}
