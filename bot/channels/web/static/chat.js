// The chat page: shows replies, sends what is written, and tells the server what has been shown.
"use strict";

const WORDS = JSON.parse(document.getElementById("words").textContent);
const log = document.getElementById("log");
const statusLine = document.getElementById("status");
const input = document.getElementById("text");
const file = document.getElementById("file");
const HISTORY = "caunoi-history";
const KEPT = 60;

let language = document.documentElement.lang;
let sending = Promise.resolve();
let history = readHistory();
const shown = new Set();
const unacknowledged = new Set();

function word(name) { return (WORDS[language] || WORDS.en)[name]; }

function speak(tag) {
  if (!WORDS[tag] || tag === language) return;
  language = tag;
  document.documentElement.lang = tag;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-title]")) element.title = word(element.dataset.title);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder);
}

// --- showing ---------------------------------------------------------------------------------

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function addText(parent, text) {
  // Paragraphs are parted by blank lines; lines beginning with "- " are a list.
  for (const block of text.split(/\n{2,}/)) {
    let paragraph = null, list = null;
    for (const line of block.split("\n")) {
      if (line.startsWith("- ")) {
        if (!list) { list = parent.appendChild(make("ul")); paragraph = null; }
        addLinked(list.appendChild(make("li")), line.slice(2));
      } else {
        if (!paragraph) { paragraph = parent.appendChild(make("p")); list = null; }
        else paragraph.append("\n");
        addLinked(paragraph, line);
      }
    }
  }
}

function addLinked(parent, text) {
  for (const part of text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/)) {
    if (/^https?:\/\//.test(part)) parent.append(link(part, part));
    else if (part) parent.append(part);
  }
}

function link(label, url) {
  const anchor = make("a", "", label);
  anchor.href = url;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

function showReply(reply) {
  if (shown.has(reply.id)) return;
  shown.add(reply.id);
  speak(reply.language);
  bubbleOf(reply.replaces)?.remove();
  log.append(makeBubble(reply));
  toEnd();
}

function bubbleOf(id) { return id ? log.querySelector(`[data-id="${CSS.escape(id)}"]`) : null; }

// What follows something is shown anew in its place; it is read aloud only when it has come to its end.
function changeReply(reply) {
  const before = bubbleOf(reply.id);
  if (!before) return;
  const bubble = makeBubble(reply);
  log.ariaLive = reply.follows ? "off" : "polite";
  before.replaceWith(bubble);
  setTimeout(() => { log.ariaLive = "polite"; }, 500);
  history = history.map(entry => entry.reply?.id === reply.id ? { reply } : entry);
  saveHistory();
}

function makeBubble(reply) {
  const bubble = make("article", "bubble bot");
  bubble.dataset.id = reply.id;
  bubble.lang = reply.language;
  bubble.append(make("span", "hidden", word("bot")));
  for (const media of reply.media) {
    const image = make("img");
    image.src = media.url;
    image.alt = media.alt;
    image.onload = toEnd;
    bubble.append(image);
  }
  const text = make("div", "text");
  text.lang = reply.text_language;
  if (reply.title) text.append(make("h2", "", reply.title));
  if (reply.body) addText(text, reply.body);
  bubble.append(text);
  if (reply.note) bubble.append(make("p", "note", reply.note));
  if (reply.document) bubble.append(fileLink(reply.document));
  if (reply.sources.length) bubble.append(sourceList(reply));
  if (reply.choices.length) bubble.append(choiceList(reply));
  return bubble;
}

function sourceList(reply) {
  const box = make("div", "sources");
  box.append(make("p", "", reply.sources_label));
  const list = box.appendChild(make("ul"));
  for (const source of reply.sources) {
    const item = list.appendChild(make("li"));
    item.append(source.url ? link(source.label, source.url) : source.label);
  }
  return box;
}

function fileLink(document_) {
  // Made here from the text in the answer: there is no address at which somebody else could find it.
  const anchor = make("a", "file", document_.name);
  anchor.href = URL.createObjectURL(new Blob([document_.text], { type: "text/plain;charset=utf-8" }));
  anchor.download = document_.name;
  return anchor;
}

function choiceList(reply) {
  const box = make("div", "choices");
  for (const choice of reply.choices) {
    const button = make("button", choice.label.length > 22 ? "long" : "", choice.label);
    button.type = "button";
    button.onclick = () => say({ choice: choice.value, tapped: reply.id }, choice.label);
    box.append(button);
  }
  return box;
}

function showMine(text) {
  const bubble = make("article", "bubble mine", text);
  bubble.lang = language;
  bubble.prepend(make("span", "hidden", `${word("you")}: `));
  log.append(bubble);
  toEnd();
}

function toEnd() {
  // What came since the last own message is read from its beginning, if it is longer than the screen.
  const mine = log.querySelectorAll(".mine");
  const turn = mine.length ? mine[mine.length - 1].offsetTop - 12 : 0;
  log.scrollTop = log.scrollHeight - turn > log.clientHeight ? turn : log.scrollHeight;
}

function tell(name, isWarning = false) {
  statusLine.textContent = name ? word(name) : "";
  statusLine.classList.toggle("warn", isWarning);
}

// --- history of this tab, so that a reload does not lose the talk -----------------------------

function readHistory() {
  try { return JSON.parse(sessionStorage.getItem(HISTORY)) || []; } catch { return []; }
}

function remember(entry) {
  history = [...history.filter(one => !one.reply || one.reply.id !== entry.reply?.replaces), entry].slice(-KEPT);
  saveHistory();
}

function saveHistory() {
  try { sessionStorage.setItem(HISTORY, JSON.stringify(history)); } catch { /* a full or closed store: the talk goes on */ }
}

// Who has erased everything does not find the talk in this tab either.
function forgetTalk() {
  history = [];
  unacknowledged.clear();
  log.replaceChildren();
  try { sessionStorage.removeItem(HISTORY); } catch { /* a closed store holds nothing */ }
}

function receive(reply) {
  if (!shown.has(reply.id)) remember({ reply });
  showReply(reply);
  unacknowledged.add(reply.id);
  clearTimeout(receive.timer);
  receive.timer = setTimeout(acknowledge, 1500);
}

// --- sending ----------------------------------------------------------------------------------

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
}

function say(fields, label) {
  showMine(label);
  remember({ mine: label });
  // One after another, so that answers come in the order of the questions; the id stays the same
  // over all tries, so that nothing is applied twice.
  sending = sending.then(() => deliver({ id: newId(), ...fields })).catch(() => tell("failed", true));
}

async function deliver(fields) {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 30000)) {
    tell("waiting");
    const response = await post(fields).catch(() => null);
    if (response?.ok) {
      tell("");
      if (fields.choice === "erase:yes") forgetTalk();
      for (const reply of (await response.json()).replies) receive(reply);
      return;
    }
    if (response && response.status < 500 && response.status !== 429) {
      tell(response.status === 413 ? "large" : "failed", true);
      return;
    }
    tell(response?.status === 429 ? "fast" : "offline", true);
    const wanted = Number(response?.headers.get("Retry-After")) * 1000;
    await new Promise(done => setTimeout(done, wanted || pause));
  }
}

function post(fields) {
  if (fields.file) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return fetch("/chat", { method: "POST", body: form });
  }
  const seen = [...unacknowledged];
  const body = JSON.stringify(seen.length ? { ...fields, seen } : fields);
  return fetch("/chat", { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true })
    .then(response => { if (response.ok) seen.forEach(id => unacknowledged.delete(id)); return response; });
}

function acknowledge() {
  if (unacknowledged.size) post({}).catch(() => { /* told again with the next message */ });
}

// --- events -----------------------------------------------------------------------------------

document.getElementById("composer").addEventListener("submit", event => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  fit();
  say({ text }, text);
});
input.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    document.getElementById("composer").requestSubmit();
  }
});
input.addEventListener("input", fit);
file.addEventListener("change", () => {
  if (file.files.length) say({ file: file.files[0] }, word("picture"));
  file.value = "";
});
document.getElementById("menu").addEventListener("click", () => say({ choice: "/menu" }, word("menu")));

function fit() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight + 2, 144)}px`;
}

// --- beginning --------------------------------------------------------------------------------

for (const entry of history) entry.reply ? showReply(entry.reply) : showMine(entry.mine);
const stream = new EventSource("/chat/stream");
stream.addEventListener("reply", event => receive(JSON.parse(event.data)));
stream.addEventListener("change", event => changeReply(JSON.parse(event.data)));

// What a link or a poster's code led here for: ?start=a_…, ?u=UNIT, ?i=INVITATION, ?l=LINK.
function openedBy(query) {
  const short = ["u", "i", "l"].find(name => query.get(name));
  return query.get("start") || (short ? `${short}_${query.get(short)}` : "");
}

const payload = openedBy(new URLSearchParams(location.search));
if (/^[A-Za-z0-9_.-]{1,64}$/.test(payload)) {
  window.history.replaceState(null, "", "/");
  say({ text: `/start ${payload}` }, "/start");
} else if (!history.length) {
  sending = sending.then(() => deliver({ id: newId(), text: "/start" }));
}
