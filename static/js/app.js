/* Small enhancements; every page works without this file. Its words stand in the pages, in data attributes. */
(() => {
  const doc = document, root = doc.documentElement;
  root.classList.add('js');
  const live = doc.getElementById('live');
  const say = (t, look = 'vh') => { live.className = look; live.textContent = ''; setTimeout(() => { live.textContent = t; }, 60); };

  // Where a browser does not heed autofocus on it, the error summary takes the focus all the same.
  doc.getElementById('errors')?.focus();

  // Letters left, announced only when typing pauses.
  doc.querySelectorAll('[data-count]').forEach((el) => {
    const max = +el.dataset.count, out = doc.getElementById(el.id + '-count');
    let timer;
    const show = () => {
      const left = max - el.value.length;
      out.textContent = (left < 0 ? el.dataset.over : el.dataset.left).replace('{n}', Math.abs(left));
      out.classList.toggle('field__error', left < 0);
    };
    el.addEventListener('input', () => { show(); clearTimeout(timer); timer = setTimeout(() => say(out.textContent), 1200); });
    show();
  });

  doc.addEventListener('click', (e) => {
    if (e.target.closest('[data-print]')) window.print();
    const copy = e.target.closest('[data-copy]');
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => say(copy.dataset.copied));
  });

  // Light or dark at once, so that nobody loses what they were writing; the cookie is set all the same.
  doc.querySelector('form[data-display]')?.addEventListener('submit', (e) => {
    const pressed = e.submitter;
    if (!pressed) return;
    e.preventDefault();
    const sent = new FormData(e.target);
    sent.set(pressed.name, pressed.value);
    fetch(e.target.action, { method: 'POST', body: sent, redirect: 'manual' }).then((answer) => {
      if (answer.type !== 'opaqueredirect') return;
      if (pressed.value === 'auto') delete root.dataset.theme; else root.dataset.theme = pressed.value;
      e.target.querySelectorAll('button').forEach((b) => b.setAttribute('aria-pressed', b === pressed));
    });
  });

  // Filters stay open on wide screens.
  const wide = matchMedia('(min-width: 60rem)');
  const openFilters = () => doc.querySelectorAll('.filters').forEach((d) => { if (wide.matches) d.open = true; });
  openFilters(); wide.addEventListener('change', openFilters);

  // Single-key shortcuts: only where the page offers them, never while typing, and the person can turn them off (WCAG 2.1.4).
  const keys = doc.querySelector('[data-keys]');
  if (keys) {
    const box = keys.querySelector('[name="shortcuts"]');
    const on = () => !box || box.checked;
    if (box) {
      box.checked = sessionStorage.getItem('shortcuts') !== 'off';
      box.addEventListener('change', () => sessionStorage.setItem('shortcuts', box.checked ? 'on' : 'off'));
    }
    doc.addEventListener('keydown', (e) => {
      if (!on() || e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, dialog[open]')) return;
      const hit = doc.querySelector(`[data-key="${CSS.escape(e.key.toLowerCase())}"]`);
      if (hit) { e.preventDefault(); hit.focus(); hit.click(); }
    });
  }

  // Server fragments can carry a sentence for screen readers: HX-Trigger: {"say": "..."}
  doc.body.addEventListener('say', (e) => say(e.detail.value ?? e.detail));

  // No answer came: said where everybody sees it.
  doc.addEventListener('htmx:error', () => say(live.dataset.lost, 'toast'));

  // A refusal stands in place of the page: begin to read there. At the door the cursor goes back into the box, so a hand scanner can go on.
  doc.addEventListener('htmx:after:swap', (e) => (e.target.id === 'main' ? e.target : doc.querySelector('[data-scan]'))?.focus());
})();
