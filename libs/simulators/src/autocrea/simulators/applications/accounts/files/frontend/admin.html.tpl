<!doctype html>
<html lang="§{language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>§{admin_title} · §{project}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="base.css">
    <link rel="stylesheet" href="styles.css">
    <script type="module" src="admin.js"></script>
  </head>
  <body>
    <a class="skip" href="#content">§{skip_link}</a>
    <header class="site-header">
      <div class="wrap">
        <a class="brand" href="index.html">§{project}</a>
        <nav aria-label="§{admin_title}"><a href="index.html">§{admin_back}</a></nav>
      </div>
    </header>
    <main id="content" class="wrap page">
      <h1>§{admin_title}</h1>
      <div id="admin"></div>
    </main>
    <footer class="site-footer"><div class="wrap">§{project}</div></footer>
    <noscript>§{noscript}</noscript>
  </body>
</html>
