/* The dashboard: tiles with charts, history, form. */

:root {
  --accent: #0e7490;
  --accent-strong: #155e75;
  --accent-soft: #d9f3f8;
}

@media (prefers-color-scheme: dark) {
  :root {
    --accent: #67d8ec;
    --accent-strong: #a5ebf7;
    --accent-soft: #12343d;
  }
}

.page {
  padding-block: clamp(1.25rem, 1rem + 2vw, 2.5rem);
}

.live-bar {
  display: flex;
  gap: 1rem;
  align-items: center;
}

.live {
  display: inline-flex;
  align-items: center;
  gap: 0.4rem;
  font-weight: 600;
}

.live::before {
  content: "";
  width: 0.65rem;
  height: 0.65rem;
  border-radius: 50%;
  background: var(--success);
}

.live[data-state="paused"]::before {
  background: var(--control);
}

.live[data-state="offline"]::before {
  background: var(--danger);
}

.tiles {
  display: grid;
  gap: var(--space);
  grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
  margin-block: 1.5rem;
}

.tile h2 {
  font-size: 1rem;
  color: var(--muted);
  font-weight: 600;
}

.figure {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 0.75rem;
  align-items: baseline;
  margin: 0 0 0.75rem;
}

.figure strong {
  font-size: 2rem;
  line-height: 1;
  font-variant-numeric: tabular-nums;
}

.change[data-direction="up"] {
  color: var(--success);
}

.change[data-direction="down"] {
  color: var(--danger);
}

.chart {
  display: block;
  width: 100%;
  height: 7rem;
}

.chart .area {
  fill: var(--accent-soft);
}

.chart .line {
  fill: none;
  stroke: var(--accent);
  stroke-width: 2;
  vector-effect: non-scaling-stroke;
}

.lower {
  display: grid;
  gap: var(--space);
  align-items: start;
  margin-top: var(--space);
}

@media (min-width: 52rem) {
  .lower {
    grid-template-columns: 2fr 1fr;
  }
}

.history {
  max-height: 20rem;
  overflow-y: auto;
}

td {
  font-variant-numeric: tabular-nums;
}
