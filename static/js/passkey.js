/* Passkeys: the one thing here that needs a script. What is for them stays hidden without it, and where the browser or the address cannot have one. */
(() => {
  const able = window.PublicKeyCredential && isSecureContext && !/^[\d.]+$|:/.test(location.hostname);
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const keys = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (asked) => {
    const made = await navigator.credentials.create({ publicKey: { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: keys(asked.excludeCredentials) } });
    return [made, { attestationObject: text(made.response.attestationObject) }];
  };
  const use = async (asked) => {
    const used = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) } });
    const { authenticatorData, signature, userHandle } = used.response;
    return [used, { authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle && text(userHandle) }];
  };

  document.querySelectorAll('[data-passkey]').forEach((part) => {
    if (!able || location.hostname !== part.dataset.host) return;
    const button = part.querySelector('button'), form = button.form, said = part.querySelector('[role="status"]');
    part.hidden = false;
    button.addEventListener('click', async (e) => {
      if (form.elements.name && !form.elements.name.value.trim()) return; // the server says what is missing
      e.preventDefault();
      said.textContent = '';
      try {
        const answer = await fetch(part.dataset.challenge, { method: 'POST', body: new FormData(form) });
        if (!answer.ok) throw answer;
        const [key, response] = await (part.dataset.passkey === 'make' ? make : use)(await answer.json());
        response.clientDataJSON = text(key.response.clientDataJSON);
        const sent = form.elements.answer ?? form.appendChild(document.createElement('input'));
        Object.assign(sent, { type: 'hidden', name: 'answer', value: JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response }) });
        form.requestSubmit(button);
      } catch {
        said.textContent = part.dataset.failed;
      }
    });
  });
})();
