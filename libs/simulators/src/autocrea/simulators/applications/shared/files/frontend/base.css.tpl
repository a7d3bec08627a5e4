/* Colours, type, forms and buttons. Every text has a contrast of at least 4.5:1 in both colour schemes. */

:root {
  color-scheme: light dark;
  --page: #f8fafc;
  --surface: #ffffff;
  --text: #0f172a;
  --muted: #475569;
  --line: #d5dce6;
  --control: #64748b;
  --accent: #1d4ed8;
  --accent-strong: #1e3a8a;
  --accent-soft: #e0e9ff;
  --on-accent: #ffffff;
  --success: #166534;
  --danger: #b91c1c;
  --radius: 0.75rem;
  --shadow: 0 1px 2px rgb(15 23 42 / 8%), 0 8px 24px rgb(15 23 42 / 6%);
  --space: clamp(1rem, 0.75rem + 1.5vw, 2rem);
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #0b1220;
    --surface: #131c2f;
    --text: #e2e8f0;
    --muted: #a3b1c6;
    --line: #2b3750;
    --control: #7c8ca5;
    --accent: #93b4fd;
    --accent-strong: #c7d7fe;
    --accent-soft: #1b2a4a;
    --on-accent: #0b1220;
    --success: #86efac;
    --danger: #fca5a5;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%);
  }
}

*,
*::before,
*::after {
  box-sizing: border-box;
}

body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}

main {
  flex: 1;
}

h1,
h2,
h3 {
  line-height: 1.2;
  text-wrap: balance;
  margin: 0 0 0.5em;
}

h1 {
  font-size: clamp(1.75rem, 1.2rem + 2.6vw, 3rem);
  letter-spacing: -0.02em;
}

h2 {
  font-size: clamp(1.35rem, 1.1rem + 1.1vw, 1.9rem);
  letter-spacing: -0.01em;
}

h3 {
  font-size: 1.1rem;
}

p {
  margin: 0 0 1em;
}

a {
  color: var(--accent);
}

:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}

.wrap {
  width: min(72rem, 100% - 2 * var(--space));
  margin-inline: auto;
}

.muted {
  color: var(--muted);
}

.skip {
  position: absolute;
  left: -999px;
}

.skip:focus {
  left: 1rem;
  top: 1rem;
  padding: 0.5rem 1rem;
  background: var(--surface);
  z-index: 10;
}

.hidden-visually {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.site-header {
  background: var(--surface);
  border-bottom: 1px solid var(--line);
}

.site-header .wrap {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1.5rem;
  align-items: center;
  justify-content: space-between;
  padding-block: 0.9rem;
}

.brand {
  font-weight: 700;
  font-size: 1.1rem;
  color: var(--text);
  text-decoration: none;
  overflow-wrap: anywhere;
}

.site-header nav {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 1.1rem;
}

.site-footer {
  border-top: 1px solid var(--line);
  color: var(--muted);
  font-size: 0.9rem;
  padding-block: 1.5rem;
  margin-top: 3rem;
}

.card {
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  box-shadow: var(--shadow);
  padding: var(--space);
}

.card > :last-child {
  margin-bottom: 0;
}

.grid {
  display: grid;
  gap: var(--space);
  grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr));
}

label {
  display: block;
  font-weight: 600;
  margin-bottom: 0.25rem;
}

input,
textarea,
select {
  width: 100%;
  padding: 0.6rem 0.75rem;
  font: inherit;
  color: var(--text);
  background: var(--page);
  border: 1px solid var(--control);
  border-radius: 0.5rem;
}

input[type="checkbox"] {
  width: auto;
}

input[aria-invalid="true"],
textarea[aria-invalid="true"] {
  border-color: var(--danger);
}

textarea {
  min-height: 8rem;
  resize: vertical;
}

.field {
  margin-bottom: 1rem;
}

.field-error {
  color: var(--danger);
  font-size: 0.9rem;
  margin: 0.25rem 0 0;
}

button,
.button {
  display: inline-block;
  padding: 0.6rem 1.1rem;
  font: inherit;
  font-weight: 600;
  color: var(--accent);
  background: transparent;
  border: 1px solid var(--accent);
  border-radius: 0.5rem;
  cursor: pointer;
  text-decoration: none;
}

button:hover,
.button:hover {
  background: var(--accent-soft);
}

button.primary,
.button.primary {
  color: var(--on-accent);
  background: var(--accent);
}

button.primary:hover,
.button.primary:hover {
  background: var(--accent-strong);
}

button.danger {
  color: var(--danger);
  border-color: var(--danger);
}

button:disabled {
  opacity: 0.6;
  cursor: progress;
}

.notice:empty {
  display: none;
}

.notice {
  padding: 0.6rem 0.9rem;
  margin: 0.75rem 0;
  border-left: 4px solid var(--control);
  background: var(--accent-soft);
  border-radius: 0.25rem;
}

.notice[data-kind="error"] {
  border-color: var(--danger);
  color: var(--danger);
}

.notice[data-kind="success"] {
  border-color: var(--success);
  color: var(--success);
}

.table-scroll {
  overflow-x: auto;
}

table {
  width: 100%;
  border-collapse: collapse;
}

th,
td {
  text-align: left;
  padding: 0.6rem 0.75rem;
  border-bottom: 1px solid var(--line);
  vertical-align: top;
}

th {
  color: var(--muted);
  font-size: 0.9rem;
}

.actions {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
}

@media (prefers-reduced-motion: no-preference) {
  html {
    scroll-behavior: smooth;
  }
}
