/* The shop: catalogue, product, cart, administration. */

:root {
  --accent: #166534;
  --accent-strong: #14532d;
  --accent-soft: #dcf5e4;
}

@media (prefers-color-scheme: dark) {
  :root {
    --accent: #86efac;
    --accent-strong: #bbf7d0;
    --accent-soft: #15301f;
  }
}

.page {
  padding-block: clamp(1.25rem, 1rem + 2vw, 2.5rem);
}

.page:focus {
  outline: none;
}

.masthead {
  padding: clamp(1.5rem, 1rem + 3vw, 3.5rem);
  margin-bottom: var(--space);
  background: var(--accent-soft);
  border-radius: var(--radius);
}

.masthead p {
  margin: 0;
}

.search {
  max-width: 24rem;
  margin-bottom: var(--space);
}

.product {
  display: flex;
  flex-direction: column;
}

.product h2 {
  font-size: 1.15rem;
  margin-bottom: 0.25rem;
}

.product .description {
  flex: 1;
}

.tile {
  display: grid;
  place-items: center;
  height: 8rem;
  margin: 0 0 1rem;
  font-size: 3rem;
  font-weight: 700;
  color: var(--accent);
  background: var(--accent-soft);
  border-radius: 0.5rem;
}

.price {
  font-size: 1.25rem;
  font-weight: 700;
  font-variant-numeric: tabular-nums;
}

.stars {
  color: var(--accent);
  letter-spacing: 0.1em;
}

.columns {
  display: grid;
  gap: var(--space);
  align-items: start;
}

@media (min-width: 52rem) {
  .columns {
    grid-template-columns: 3fr 2fr;
  }
}

.reviews {
  list-style: none;
  margin: 0;
  padding: 0;
}

.review {
  border-bottom: 1px solid var(--line);
  padding-block: 0.75rem;
}

.review p {
  margin: 0;
  overflow-wrap: anywhere;
}

.badge {
  display: inline-block;
  padding: 0.1rem 0.6rem;
  font-size: 0.85rem;
  font-weight: 700;
  color: var(--accent);
  background: var(--accent-soft);
  border-radius: 1rem;
}

.bar {
  display: flex;
  flex-wrap: wrap;
  gap: 1rem;
  align-items: center;
  justify-content: space-between;
  margin-bottom: 1rem;
}

.narrow {
  max-width: 30rem;
}

.quantity {
  width: 5rem;
}

td select {
  min-width: 11rem;
}

td.amount,
th.amount {
  text-align: right;
  font-variant-numeric: tabular-nums;
}

.section {
  margin-block: 2rem;
}
