<!doctype html>
<html lang="§{language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>§{project}</title>
    <meta name="description" content="§{lead}">
    <meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'">
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
        <nav aria-label="§{project}">
          <a href="#features">§{nav_features}</a>
          <a href="#steps">§{nav_steps}</a>
          <a href="#contact">§{nav_contact}</a>
        </nav>
      </div>
    </header>

    <main id="content">
      <section class="hero">
        <div class="wrap">
          <p class="eyebrow">§{project}</p>
          <h1>§{hero_title}</h1>
          <p class="lead">§{lead}</p>
          <p class="actions">
            <a class="button primary" href="#contact">§{hero_action}</a>
            <a class="button" href="#steps">§{hero_more}</a>
          </p>
        </div>
      </section>

      <section class="wrap section" id="features" aria-labelledby="features-title">
        <h2 id="features-title">§{features_title}</h2>
        <div class="grid">
          <article class="card">
            <h3>§{feature_1_title}</h3>
            <p class="muted">§{feature_1_text}</p>
          </article>
          <article class="card">
            <h3>§{feature_2_title}</h3>
            <p class="muted">§{feature_2_text}</p>
          </article>
          <article class="card">
            <h3>§{feature_3_title}</h3>
            <p class="muted">§{feature_3_text}</p>
          </article>
        </div>
      </section>

      <section class="wrap section" id="steps" aria-labelledby="steps-title">
        <h2 id="steps-title">§{steps_title}</h2>
        <ol class="steps">
          <li>§{step_1}</li>
          <li>§{step_2}</li>
          <li>§{step_3}</li>
        </ol>
      </section>

      <section class="wrap section" id="questions" aria-labelledby="questions-title">
        <h2 id="questions-title">§{questions_title}</h2>
        <details class="card">
          <summary>§{question_1}</summary>
          <p class="muted">§{answer_1}</p>
        </details>
        <details class="card">
          <summary>§{question_2}</summary>
          <p class="muted">§{answer_2}</p>
        </details>
      </section>

      <section class="wrap section contact" id="contact" aria-labelledby="contact-title">
        <div class="card">
          <h2 id="contact-title">§{contact_title}</h2>
          <p class="muted">§{contact_lead}</p>
          <form id="contact-form" novalidate>
            <div class="field">
              <label for="name">§{label_name}</label>
              <input id="name" name="name" autocomplete="name" maxlength="100" required aria-describedby="name-error">
              <p class="field-error" id="name-error"></p>
            </div>
            <div class="field">
              <label for="email">§{label_email}</label>
              <input id="email" name="email" type="email" autocomplete="email" maxlength="200" required aria-describedby="email-error">
              <p class="field-error" id="email-error"></p>
            </div>
            <div class="field">
              <label for="message">§{label_message}</label>
              <textarea id="message" name="message" minlength="10" maxlength="5000" required aria-describedby="message-error"></textarea>
              <p class="field-error" id="message-error"></p>
            </div>
            <button class="primary" type="submit">§{send}</button>
            <p class="notice" id="contact-status" role="status"></p>
          </form>
        </div>
      </section>
    </main>

    <footer class="site-footer">
      <div class="wrap">§{project} · §{made_with}</div>
    </footer>
    <noscript>§{noscript}</noscript>
  </body>
</html>
