"""The rules that keep the tree as its readers expect it. Each names itself, the file and the line when it is broken."""
