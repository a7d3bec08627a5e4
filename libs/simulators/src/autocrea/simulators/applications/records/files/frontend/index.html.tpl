<!doctype html>
<html lang="§{language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>§{project}</title>
    <meta name="description" content="§{summary}">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="base.css">
    <link rel="stylesheet" href="styles.css">
    <script type="module" src="app.js"></script>
  </head>
  <body>
    <a class="skip" href="#content">§{skip_link}</a>
    <header class="site-header">
      <div class="wrap">
        <a class="brand" href="#/">§{project}</a>
        <nav id="tabs" aria-label="§{title}"></nav>
      </div>
    </header>
    <main id="content" class="wrap page" tabindex="-1">
      <div class="bar">
        <h1 id="heading">§{title}</h1>
        <button class="primary" type="button" id="add">§{add}</button>
      </div>
      <p class="notice" id="status" role="status"></p>
      <div id="editor"></div>
      <div class="field search">
        <label for="search">§{search}</label>
        <input id="search" name="search" type="search" autocomplete="off">
      </div>
      <div id="records"></div>
    </main>
    <footer class="site-footer"><div class="wrap">§{project} · §{made_with}</div></footer>
    <noscript>§{noscript}</noscript>
  </body>
</html>
