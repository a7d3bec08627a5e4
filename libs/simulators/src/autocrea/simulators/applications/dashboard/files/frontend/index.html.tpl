<!doctype html>
<html lang="§{language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>§{project}</title>
    <meta name="description" content="§{lead}">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="base.css">
    <link rel="stylesheet" href="styles.css">
    <script type="module" src="app.js"></script>
  </head>
  <body>
    <a class="skip" href="#content">§{skip_link}</a>
    <header class="site-header">
      <div class="wrap">
        <a class="brand" href="#content">§{project}</a>
        <div class="live-bar">
          <span class="live" id="live" data-state="live">§{live}</span>
          <button type="button" id="pause">§{pause}</button>
        </div>
      </div>
    </header>

    <main id="content" class="wrap page">
      <h1>§{title}</h1>
      <p class="muted" id="updated">§{loading}</p>
      <p class="notice" id="problem" role="status"></p>
      <section class="tiles" id="tiles" aria-label="§{title}"></section>

      <div class="lower">
        <div class="card">
          <h2 id="history-title">§{history_title}</h2>
          <div class="field">
            <label for="metric">§{history_metric}</label>
            <select id="metric" name="metric"></select>
          </div>
          <div id="history" class="table-scroll history" tabindex="0" role="region" aria-labelledby="history-title"></div>
        </div>

        <section class="card" aria-labelledby="record-title">
          <h2 id="record-title">§{record_title}</h2>
          <form id="record">
            <div class="field">
              <label for="value">§{record_value}</label>
              <input id="value" name="value" type="number" step="any" required>
            </div>
            <button class="primary" type="submit">§{record_action}</button>
            <p class="notice" id="record-status" role="status"></p>
          </form>
        </section>
      </div>
    </main>
    <footer class="site-footer"><div class="wrap">§{project} · §{made_with}</div></footer>
    <noscript>§{noscript}</noscript>
  </body>
</html>
