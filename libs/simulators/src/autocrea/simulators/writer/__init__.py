"""The writer plays a good model: it reads a prompt as a model would and writes what the prompt asks for."""
