/* The blog: list of posts, reading page, editor. */

:root {
  --accent: #9a3412;
  --accent-strong: #7c2d12;
  --accent-soft: #fdeadd;
}

@media (prefers-color-scheme: dark) {
  :root {
    --accent: #fdba74;
    --accent-strong: #fed7aa;
    --accent-soft: #3a2417;
  }
}

.page {
  padding-block: clamp(1.5rem, 1rem + 3vw, 3.5rem);
}

.page:focus {
  outline: none;
}

.masthead {
  margin-bottom: clamp(1.5rem, 1rem + 2vw, 3rem);
}

.post-card {
  display: flex;
  flex-direction: column;
  align-items: flex-start;
}

.post-card h2 {
  font-size: 1.3rem;
}

.post-card .muted:last-of-type {
  flex: 1;
}

.meta {
  font-size: 0.9rem;
  color: var(--muted);
}

.article {
  max-width: 65ch;
  margin-inline: auto;
  font-size: 1.1rem;
}

.article p {
  overflow-wrap: anywhere;
}

.badge {
  display: inline-block;
  padding: 0.1rem 0.6rem;
  font-size: 0.8rem;
  font-weight: 700;
  color: var(--accent);
  background: var(--accent-soft);
  border-radius: 1rem;
}

.narrow {
  max-width: 30rem;
}

.bar {
  display: flex;
  flex-wrap: wrap;
  gap: 1rem;
  align-items: center;
  justify-content: space-between;
  margin-bottom: 1rem;
}

#editor textarea {
  min-height: 16rem;
}
