§{tables}
