// The page: it hands what was pasted and dropped to the module, and shows what that answers.
"use strict";

const $ = (id) => document.getElementById(id);
const kinds = ["a policy", "a key set", "a list of contracts", "an app registration",
  "an introspection answer", "nothing: leave it out"];
const mostOfAFile = 16 << 20; // bytes; the module reads no more

let files = []; // {name, text, kind}
let command = ""; // the one that was asked last
let latest = {}; // the module's reply to it

// --- the module ---------------------------------------------------------------------------------

let moduleIsReady;
const ready = new Promise((resolve) => { moduleIsReady = resolve; });
globalThis.gatewhyReady = moduleIsReady;

async function load() {
  const go = new Go();
  const response = location.protocol === "file:" ? await fromScript() : await fetched("gatewhy.wasm.gz");
  const { instance } = await WebAssembly.instantiateStreaming(response, go.importObject);
  go.run(instance);
  await ready;
}

// A host may have unpacked the file already, so its first bytes say whether it is packed.
async function fetched(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return unpacked(new Uint8Array(await response.arrayBuffer()));
}

// In a folder nothing can be fetched, but a script can be loaded.
function fromScript() {
  return new Promise((resolve, reject) => {
    globalThis.gatewhyModule = (text) =>
      resolve(unpacked(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));
    const script = document.createElement("script");
    script.src = "gatewhy.wasm.js";
    script.onerror = () => reject(new Error("gatewhy.wasm.js is not beside the page"));
    document.head.append(script);
  });
}

function unpacked(bytes) {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const body = packed ? through(bytes, new DecompressionStream("gzip")) : bytes;
  return new Response(body, { headers: { "Content-Type": "application/wasm" } });
}

const through = (bytes, stream) => new Blob([bytes]).stream().pipeThrough(stream);

// ask asks the module, with no file but those that are given.
function ask(question) {
  return JSON.parse(gatewhy(JSON.stringify({ Windows: /Win/.test(navigator.platform), ...question })));
}

// --- what is asked ------------------------------------------------------------------------------

const lines = (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "");

const named = (kind) => files.filter((f) => f.kind === kind).map((f) => f.name);

function question() {
  return {
    Files: files.map(({ name, text }) => ({ name, text })),
    Text: $("token").value, NoToken: $("no-token").checked, Redact: $("redact").checked,
    Policies: named("a policy"), Apps: named("an app registration"),
    Keys: named("a key set")[0] ?? "", Contracts: named("a list of contracts")[0] ?? "",
    Introspection: named("an introspection answer")[0] ?? "",
    Method: $("method").value.trim(), Path: $("path").value.trim(), At: $("at").value.trim(),
    Headers: lines($("headers").value), HeadersWhole: $("headers-whole").checked,
    Other: $("other").value, ObservedStatus: $("observed-status").valueAsNumber || 0,
    ObservedBody: $("observed-body").value, ObservedHeaders: lines($("observed-headers").value),
    Tenant: $("tenant").value.trim(), Issuer: $("issuer").value.trim(),
    Options: {
      Variant: $("variant").value, API: $("api").value.trim(), Kind: $("kind").value.trim(),
      Runtime: $("runtime").value.trim(),
    },
  };
}

async function answer(asked) {
  command = asked;
  await ready;
  const began = performance.now();
  latest = tooLarge($("token").value) ?? ask({ Command: command, ...question() });
  show(latest);
  document.body.dataset.answered = command;
  say(`Answered in ${Math.ceil(performance.now() - began)} ms, in this browser.`);
}

// tooLarge is the reply to a text that the module would not read, and takes seconds to be handed.
function tooLarge(text) {
  if (text.length <= mostOfAFile) return undefined;
  return { errors: ["The text under Token is larger than 16 MiB."], hints: ["Cut out the part with the token."] };
}

// answerNow asks what can be asked of what is there, after something was pasted or dropped.
function answerNow() {
  const token = $("token").value.trim() !== "" || $("no-token").checked;
  const policies = named("a policy").length > 0;
  if (token && policies) return answer("explain");
  if (token) return answer(command === "verify" || named("a key set").length ? "verify" : "decode");
  if (policies) return answer("lint");
}

// --- what is shown ------------------------------------------------------------------------------

function show(reply) {
  const failed = reply.errors && !reply.html;
  $("asked").textContent = `gatewhy ${command}`;
  $("headline").className = failed ? "bad" : reply.mood ?? "";
  $("headline").textContent = failed ? "No answer" : reply.answer ?? "";
  $("read").textContent = `Read: ${$("headline").textContent}`;
  $("errors").replaceChildren(
    ...(reply.errors ?? []).map((text) => element("p", text)),
    ...(reply.hints ?? []).map((text) => element("p", text, "hint")));
  $("notes").replaceChildren(...[...(reply.notes ?? []), ...leftOut()].map((text) => element("li", text)));
  $("report").innerHTML = reply.html ?? ""; // the module has escaped each text in it
  $("keys").hidden = !reply.keys;
  $("keys").querySelector("ul").replaceChildren(...(reply.keys ?? []).map(address));
  $("actions").hidden = !reply.html;
  $("copy-markdown").hidden = !reply.markdown;
  $("copy-link").hidden = named("a policy").length === 0;
  $("copied").textContent = "";
}

// leftOut says which files are of a kind of which one is taken.
function leftOut() {
  return ["a key set", "a list of contracts", "an introspection answer"].flatMap((kind) =>
    named(kind).slice(1).map((name) => `note: ${visible(name)} is left out: the first file that is ${kind} counts`));
}

function element(name, text, kind = "") {
  const e = document.createElement(name);
  e.textContent = text;
  e.className = kind;
  return e;
}

function address(url) {
  const item = document.createElement("li");
  if (!url.startsWith("https://")) {
    item.textContent = url;
    return item;
  }
  const link = element("a", url);
  Object.assign(link, { href: url, target: "_blank", rel: "noopener noreferrer" });
  item.append(link);
  return item;
}

// visible shows what a stranger's name of a file would hide: control and bidirectional characters.
const visible = (text) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu,
  (c) => `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}`);

const say = (text) => { $("status").textContent = text; };

// --- files --------------------------------------------------------------------------------------

function add(more) {
  more.forEach((f) => { // two files of one name would be one to the module
    for (let i = 2, name = f.name; files.some((g) => g.name === f.name); i++) f.name = `${i}-${name}`;
    files.push(f);
  });
  const unknown = more.filter((f) => !f.kind);
  const found = unknown.length ? ask({ Command: "kinds", Files: unknown }).kinds ?? [] : [];
  unknown.forEach((f, i) => { f.kind = found[i] || "a policy"; });
  for (const f of unknown.filter((f) => ["a token", "a HAR file"].includes(f.kind))) {
    $("token").value = f.text;
    judgeNow();
    files.splice(files.indexOf(f), 1);
  }
  unknown.filter((f) => !kinds.includes(f.kind)).forEach((f) => { f.kind = kinds.at(-1); });
  listFiles();
}

function listFiles() {
  $("files").replaceChildren(...files.map((f) => {
    const item = document.createElement("li");
    const kind = document.createElement("select");
    kind.setAttribute("aria-label", `What ${visible(f.name)} is`);
    kind.append(...kinds.map((k) => new Option(k, k, false, k === f.kind)));
    kind.onchange = () => { f.kind = kind.value; answerNow(); };
    const remove = element("button", "Remove");
    remove.type = "button";
    remove.setAttribute("aria-label", `Remove ${visible(f.name)}`);
    remove.onclick = () => {
      const at = files.indexOf(f);
      files.splice(at, 1);
      listFiles();
      changed();
      const left = $("files").querySelectorAll("button");
      (left[Math.min(at, left.length - 1)] ?? $("choose")).focus();
    };
    item.append(element("code", visible(f.name)), kind, remove);
    return item;
  }));
}

async function read(list) {
  await ready;
  const all = [...list];
  const large = all.filter((f) => f.size > mostOfAFile);
  if (large.length) say(`${visible(large[0].name)} is larger than 16 MiB, and was not read.`);
  const read = all.filter((f) => f.size <= mostOfAFile);
  add(await Promise.all(read.map(async (f) => ({ name: f.webkitRelativePath || f.name, text: await f.text() }))));
  answerNow();
}

// --- a link with policies -----------------------------------------------------------------------

async function link() {
  const policies = files.filter((f) => f.kind === "a policy");
  const open = ask({ Command: "share", Files: policies.map(({ name, text }) => ({ name, text })) }).files ?? [];
  const { Options } = question();
  const text = new TextEncoder().encode(JSON.stringify({ files: open, options: Options }));
  const packed = new Uint8Array(await new Response(through(text, new CompressionStream("gzip"))).arrayBuffer());
  const base64 = btoa(Array.from(packed, (b) => String.fromCharCode(b)).join(""));
  return `${location.href.split("#")[0]}#policies=${encodeURIComponent(base64)}`;
}

async function openLink() {
  const base64 = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B")).get("policies");
  if (!base64) return;
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const { files: policies, options } = JSON.parse(await limited(through(bytes, new DecompressionStream("gzip"))));
    add(policies.map(({ name, text }) => ({ name: String(name), text: String(text), kind: "a policy" })));
    for (const [id, value] of [["variant", options?.Variant], ["api", options?.API], ["kind", options?.Kind],
      ["runtime", options?.Runtime]]) $(id).value = value ?? "";
    await answer("lint");
    say("The policies are from the link. Secrets in them are masked: what they decide is not known.");
  } catch {
    say("The link's policies can't be read: it may be cut off.");
  }
}

// limited reads a text, but not one that was packed to fill the memory.
async function limited(stream) {
  let text = "";
  const decoder = new TextDecoder();
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > mostOfAFile) throw new Error("too large");
  }
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    $("copied").textContent = `Copied: ${what}.`;
  } catch {
    $("copied").textContent = "The browser does not let the page copy.";
  }
}

// --- the page -----------------------------------------------------------------------------------

function offer(scenes) {
  $("examples").append(...scenes.map((scene) => {
    const button = element("button", scene.title);
    button.type = "button";
    button.onclick = () => {
      $("form").reset();
      add(scene.files.map((f) => ({ ...f })));
      $("token").value = scene.token;
      $("at").value = "issued";
      $("at").dataset.scene = "";
      answer("explain").then(() => say(scene.story));
    };
    return button;
  }));
}

// changed says that the answer is one to another question.
function changed() {
  if ("answered" in document.body.dataset) say("The answer is from before the last change: ask again.");
}

// forget forgets what was asked and answered; the browser empties the fields.
function forget() {
  files = [];
  latest = {};
  command = "";
  delete $("at").dataset.scene;
  delete document.body.dataset.answered;
  listFiles();
  show({ answer: "The answer comes here" });
  $("asked").textContent = "";
  say("All is cleared.");
}

// judgeNow judges another token by now. A scene's token is old, and judged as of its issue.
function judgeNow() {
  if ("scene" in $("at").dataset) $("at").value = "";
  delete $("at").dataset.scene;
}

function connect() {
  $("form").onsubmit = async (event) => {
    event.preventDefault();
    await answer(event.submitter?.dataset.command ?? "explain");
    $("answer").focus();
  };
  $("form").oninput = changed; // what asks by itself answers after it
  $("form").onreset = forget;
  $("read").onclick = () => {
    $("answer").focus({ preventScroll: true });
    $("answer").scrollIntoView(); // which focus leaves out where it has the focus already
  };
  $("form").addEventListener("paste", (event) => { // a field takes half a minute to show so much
    if ((event.clipboardData?.getData("text") ?? "").length <= mostOfAFile) return;
    event.preventDefault();
    event.stopPropagation();
    say("What was pasted is larger than 16 MiB, and was left out: cut out the part with the token.");
  }, { capture: true });
  $("token").onpaste = () => { judgeNow(); setTimeout(answerNow); };
  $("at").onchange = () => { delete $("at").dataset.scene; };
  $("no-token").onchange = answerNow;
  $("choose").onclick = () => $("chosen").click();
  $("chosen").onchange = (event) => { read(event.target.files).then(() => { event.target.value = ""; }); };
  const pasting = (open) => {
    $("pasting").hidden = !open;
    $("paste").setAttribute("aria-expanded", open);
    $(open ? "pasted-text" : "paste").focus();
  };
  $("paste").onclick = () => pasting($("pasting").hidden);
  $("pasting").onkeydown = (event) => { if (event.key === "Escape") pasting(false); };
  $("add").onclick = async () => {
    await ready;
    if ($("pasted-text").value.trim() === "") return say("There is no text to add.");
    add([{ name: $("pasted-name").value.trim() || "policy.json", text: $("pasted-text").value }]);
    $("pasted-text").value = "";
    pasting(false);
    answerNow();
  };
  $("copy-markdown").onclick = () => copy(latest.markdown, "the block for a ticket, without the token");
  $("copy-json").onclick = () => copy(latest.json, "the JSON");
  $("copy-link").onclick = async () => copy(await link(), "a link with the policies, without the token; secrets are masked");
  $("print").onclick = () => print();
  document.ondragover = (event) => {
    if (!event.dataTransfer.types.includes("Files")) return; // a text goes where it is dropped
    event.preventDefault();
    document.body.classList.add("dropping");
  };
  document.ondragleave = () => document.body.classList.remove("dropping");
  document.ondrop = (event) => {
    document.body.classList.remove("dropping");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    read(event.dataTransfer.files);
  };
}

connect();
load().then(() => {
  const { scenes, variants, types } = ask({ Command: "scenes" });
  offer(scenes);
  $("variant").append(...variants.map((name) => new Option(name)));
  $("kind").append(...types.map((name) => new Option(name)));
  say("Ready.");
  document.body.dataset.ready = "";
  return openLink();
}).catch((error) => say(`The page can't run here: ${error.message}`));
