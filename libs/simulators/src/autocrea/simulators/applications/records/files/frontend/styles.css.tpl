/* Tabs, table and form of the records. */

.page {
  padding-block: clamp(1.25rem, 1rem + 2vw, 2.5rem);
}

.page:focus {
  outline: none;
}

.bar {
  display: flex;
  flex-wrap: wrap;
  gap: 1rem;
  align-items: center;
  justify-content: space-between;
  margin-bottom: 1rem;
}

.bar h1 {
  margin: 0;
}

#tabs a {
  padding: 0.35rem 0.75rem;
  border-radius: 2rem;
  text-decoration: none;
}

#tabs a[aria-current="page"] {
  color: var(--on-accent);
  background: var(--accent);
}

.search {
  max-width: 24rem;
}

#editor:not(:empty) {
  margin-block: 1rem 2rem;
}

.fields {
  display: grid;
  gap: 0 var(--space);
  grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr));
}

.fields .wide {
  grid-column: 1 / -1;
}

td {
  overflow-wrap: anywhere;
  min-width: 6rem;
}

td.number {
  font-variant-numeric: tabular-nums;
}

@media (max-width: 40rem) {
  thead {
    display: none;
  }

  tbody tr {
    display: block;
    padding: 0.75rem 0;
    border-bottom: 1px solid var(--line);
  }

  tbody td {
    display: grid;
    grid-template-columns: 8rem 1fr;
    gap: 0.5rem;
    padding: 0.2rem 0;
    border: 0;
  }

  tbody td::before {
    content: attr(data-label);
    color: var(--muted);
  }
}
