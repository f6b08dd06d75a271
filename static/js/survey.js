/* The token stands behind the # of the link, where no log and no proxy sees it: put it into the form. */
(() => {
  const token = location.hash.slice(1), form = document.getElementById('ticket-form');
  if (!token || !form) return;
  history.replaceState(null, '', location.pathname);
  form.elements.ticket.value = token;
  form.submit();
})();
