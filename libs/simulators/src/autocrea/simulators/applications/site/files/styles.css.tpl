/* The page: hero, steps, questions and the contact card. */

:root {
  --accent: #4338ca;
  --accent-strong: #312e81;
  --accent-soft: #e5e4ff;
}

@media (prefers-color-scheme: dark) {
  :root {
    --accent: #b3b8fb;
    --accent-strong: #dcdffd;
    --accent-soft: #232452;
  }
}

.hero {
  padding-block: clamp(3rem, 2rem + 7vw, 7rem);
  background:
    radial-gradient(60rem 30rem at 85% -10%, var(--accent-soft), transparent 70%),
    var(--page);
}

.hero h1 {
  max-width: 18ch;
}

.eyebrow {
  color: var(--accent);
  font-weight: 700;
  margin-bottom: 0.75rem;
  overflow-wrap: anywhere;
}

.lead {
  font-size: clamp(1.05rem, 1rem + 0.5vw, 1.3rem);
  color: var(--muted);
  max-width: 56ch;
}

.section {
  padding-block: clamp(2rem, 1.5rem + 2vw, 4rem);
}

.steps {
  list-style: none;
  counter-reset: step;
  padding: 0;
  margin: 0;
  display: grid;
  gap: 1rem;
}

.steps li {
  counter-increment: step;
  display: flex;
  align-items: center;
  gap: 1rem;
}

.steps li::before {
  content: counter(step);
  flex: none;
  width: 2.5rem;
  height: 2.5rem;
  display: grid;
  place-items: center;
  font-weight: 700;
  color: var(--on-accent);
  background: var(--accent);
  border-radius: 50%;
}

.section details + details {
  margin-top: 1rem;
}

.section summary {
  font-weight: 700;
  cursor: pointer;
}

.contact {
  max-width: 46rem;
}
