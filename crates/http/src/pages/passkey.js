// Asks the authenticator and sends what it signed with the form of the page.
"use strict";

(() => {
  const form = document.querySelector("form.passkey");
  const problem = document.getElementById("passkey-problem");
  const options = JSON.parse(document.getElementById("passkey-options").dataset.options);
  const signed = (bytes) => Uint8Array.from(bytes, (byte) => byte & 0xff);
  const base64 = (buffer) => (buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))) : "");

  const request = {
    challenge: signed(options.challenge),
    timeout: options.timeout,
    rpId: options.rpId,
    userVerification: options.userVerification,
    allowCredentials: (options.allowCredentials || []).map((entry) => ({
      type: entry.type,
      id: signed(entry.id),
      transports: entry.transports,
    })),
  };

  const say = (text) => {
    problem.textContent = text;
    problem.hidden = false;
  };

  const use = async () => {
    problem.hidden = true;
    if (!window.PublicKeyCredential) {
      say("This browser cannot use passkeys. Choose another way.");
      return;
    }
    let credential;
    try {
      credential = await navigator.credentials.get({ publicKey: request });
    } catch (error) {
      say(error.name === "NotAllowedError" ? "The passkey was not used. Try again, or choose another way." : error.message);
      return;
    }
    const response = credential.response;
    form.elements.origin.value = window.location.origin;
    form.elements.assertion.value = JSON.stringify({
      id: credential.id,
      rawId: base64(credential.rawId),
      type: credential.type,
      response: {
        clientDataJSON: base64(response.clientDataJSON),
        authenticatorData: base64(response.authenticatorData),
        signature: base64(response.signature),
        userHandle: base64(response.userHandle),
      },
    });
    form.submit();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    use();
  });
})();
