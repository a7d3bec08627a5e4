"""Shape and limits of the data: what callers send, what is stored, what lists answer."""

§{model_imports}


§{models}
