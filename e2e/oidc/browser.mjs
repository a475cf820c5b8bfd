// As much of a browser as the hosted pages need: it keeps cookies, goes where it is sent and fills in forms.

const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export class Browser {
  #cookies = new Map();
  #page = { url: undefined, text: "" };

  // Opens the address and follows it. Gives the first address of another site that it is led to, which it does not open.
  async open(address, options = {}) {
    let url = new URL(address);
    for (let step = 0; step < 10; step += 1) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await fetch(url, { ...options, headers: { ...options.headers, cookie }, redirect: "manual" });
      for (const line of answer.headers.getSetCookie()) this.#keep(line);
      const to = answer.headers.get("location");
      if (!to) {
        this.#page = { url, text: await answer.text() };
        if (!answer.ok) throw new Error(`${url}: ${answer.status} ${this.#page.text}`);
        const onward = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(this.#page.text);
        return onward ? this.open(new URL(unescape(onward[1]), url)) : undefined;
      }
      const next = new URL(to, url);
      if (next.origin !== url.origin) return next;
      url = next;
      options = {};
    }
    throw new Error(`${address} leads in circles`);
  }

  // Sends the page's form for an action, with what a person types. Gives what opening gives.
  async send(action, typed) {
    const forms = this.#page.text.match(/<form[^]*?<\/form>/g) ?? [];
    const form = forms.find((one) => one.includes(`value="${action}"`));
    if (!form) throw new Error(`no form for ${action} in ${this.#page.text}`);
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const fields = Object.fromEntries(hidden.map(([, name, value]) => [name, unescape(value)]));
    const target = new URL(unescape(/ action="([^"]*)"/.exec(form)[1]), this.#page.url);
    return this.open(target, { method: "POST", body: new URLSearchParams({ ...fields, ...typed }) });
  }

  #keep(line) {
    const [, name, value] = /^([^=]*)=([^;]*)/.exec(line);
    if (value === "" || /max-age=0/i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
