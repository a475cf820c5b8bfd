// Keeps the list of messages fresh: waits for news, then takes the list from the page again.
"use strict";

const main = document.querySelector("main[data-feed]");
const status = document.getElementById("status");

async function reload() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  document.getElementById("messages").replaceWith(fresh.querySelector("#messages"));
  main.dataset.newest = fresh.dataset.newest;
}

async function news() {
  const query = new URLSearchParams({ wait: "25s", limit: "1" });
  const to = new URLSearchParams(location.search).get("to");
  if (to) query.set("to", to);
  if (main.dataset.newest) query.set("since", main.dataset.newest);
  const answer = await fetch(`${main.dataset.feed}?${query}`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).messages;
}

async function watch() {
  let pause = 1000;
  for (;;) {
    try {
      const messages = await news();
      pause = 1000;
      if (messages.length > 0) {
        await reload();
        status.textContent = `New message to ${messages[0].to}.`;
      } else if (status.textContent.startsWith("The server")) {
        status.textContent = "Waiting for messages.";
      }
    } catch {
      status.textContent = "The server does not answer; trying again.";
      await new Promise((done) => setTimeout(done, pause));
      pause = Math.min(pause * 2, 15000);
    }
  }
}

if (main) {
  status.textContent = "Waiting for messages.";
  watch();
}
