<!doctype html>
<html lang="§{language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>§{project}</title>
    <meta name="description" content="§{lead_default}">
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
        <nav aria-label="§{project}">
          <a href="#/">§{nav_catalogue}</a>
          <a href="#/cart">§{nav_cart} (<span id="cart-count">0</span>)</a>
          <a href="admin.html">§{admin_title}</a>
        </nav>
      </div>
    </header>
    <main id="content" class="wrap page" tabindex="-1">
      <p class="notice" id="status" role="status"></p>
      <div id="view"></div>
    </main>
    <footer class="site-footer"><div class="wrap">§{project} · §{made_with}</div></footer>
    <noscript>§{noscript}</noscript>
  </body>
</html>
