// Enhances the static pages. Every step works without it, and the server judges everything again.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- Conditions, with the server's three values: true, false, null = unknown -------------------------------------
  const isDate = value => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
  const order = (a, b) => (typeof a !== typeof b || isDate(a) !== isDate(b)) ? null : a < b ? -1 : a > b ? 1 : 0;
  const holds = {
    "==": o => o === 0, "!=": o => o !== 0, "<": o => o < 0, "<=": o => o <= 0, ">": o => o > 0, ">=": o => o >= 0,
  };
  const constant = value => value === true ? "yes" : value === false ? "no" : value;

  function evaluate(tree, fact) {
    if (tree.all || tree.any) {
      const deciding = !!tree.any;
      const values = (tree.all || tree.any).map(item => evaluate(item, fact));
      return values.includes(deciding) ? deciding : values.includes(null) ? null : !deciding;
    }
    if (tree.not) {
      const value = evaluate(tree.not, fact);
      return value === null ? null : !value;
    }
    const known = fact(tree.fact);
    if (tree.op === "known") return known !== null;
    if (known === null) return null;
    if (tree.op === "in") {
      const values = tree.value.map(v => order(known, constant(v)));
      return values.some(o => o === 0);
    }
    const o = order(known, constant(tree.value));
    return o === null ? null : holds[tree.op](o);
  }

  // ---- Visible fields: from the top, as the server does; a hidden field's answer counts as unknown -----------------
  const halfWidth = text => text.trim().replace(/[！-～]/g, c => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace("。", ".").replace(",", ".");

  function answer(form, field) {
    const control = form.elements.namedItem(field.dataset.field);
    const text = control ? control.value.trim() : "";
    if (text === "") return null;
    if (field.dataset.kind === "number") return /^-?\d+(\.\d+)?$/.test(halfWidth(text)) ? Number(halfWidth(text)) : null;
    return text;
  }

  function showFields(form) {
    const container = form.querySelector("[data-known-facts]");
    const facts = new Map(Object.entries(JSON.parse(container.dataset.knownFacts)));
    const fact = code => facts.has(code) ? facts.get(code) : null;
    for (const element of all("[data-field], [data-visible-when]", form)) {
      if (element.dataset.visibleWhen) {
        const value = evaluate(JSON.parse(element.dataset.visibleWhen), fact);
        element.hidden = element.dataset.whenUnknown === "show" ? value === false : value !== true;
      }
      if (element.dataset.field) facts.set(element.dataset.field, element.hidden ? null : answer(form, element));
    }
    for (const section of all(".form-section", container)) section.hidden = !!section.querySelector("[data-field]") && !section.querySelector("[data-field]:not([hidden])");
  }

  // ---- What is obviously missing is told before anybody signs it ----------------------------------------------------
  function gapsOf(form) {
    const container = form.querySelector("[data-known-facts]");
    if (!container) return [];
    const facts = new Map(Object.entries(JSON.parse(container.dataset.knownFacts)));
    const shown = e => e.getClientRects().length > 0;
    for (const field of all("[data-field]", form)) facts.set(field.dataset.field, shown(field) ? answer(form, field) : null);
    const fact = code => facts.has(code) ? facts.get(code) : null;
    const typed = name => { const control = form.elements.namedItem(name); return control && "value" in control && control.value.trim() !== ""; };
    const fields = all("[data-field][data-required]", form).filter(f => shown(f) && !typed(f.dataset.field) && (f.dataset.required === "yes" || evaluate(JSON.parse(f.dataset.required), fact) !== false));
    const reviews = all("[data-review]", form).filter(f => shown(f) && !(typed(`review-${f.dataset.review}`) && (typed(`review-${f.dataset.review}-reason`) || typed(`review-${f.dataset.review}-other`))));
    return [...fields.map(f => [f.dataset.field, f.dataset.label]), ...reviews.map(f => [`review-${f.dataset.review}`, f.querySelector("legend").textContent.trim()])];
  }
  function tellGaps(form) {
    const told = form.querySelector("[data-gaps]");
    if (!told) return false;
    const gaps = gapsOf(form);
    told.hidden = gaps.length === 0;
    told.replaceChildren();
    if (gaps.length === 0) return false;
    const heading = document.createElement("h2"), list = document.createElement("ul");
    heading.textContent = `签名前还有 ${gaps.length} 处要填写`;
    for (const [id, label] of gaps.slice(0, 12)) {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = label;
      item.append(link);
      list.append(item);
    }
    told.append(heading, list);
    told.focus();
    return true;
  }
  // The same gaps take the keyboard away only once: beyond the PIN there is more on the page.
  function tellGapsOnce(form) {
    const gaps = gapsOf(form).map(([id]) => id).join();
    if (gaps === form.dataset.gapsTold) return;
    form.dataset.gapsTold = gaps;
    tellGaps(form);
  }
  // A PIN that is held counts for what it was typed for: with other content it has to be typed again.
  function holdPins(form) {
    const held = all("[data-held]", form);
    const ask = event => {
      if (!event.target.closest(".form-fields")) return;
      for (const note of held.splice(0)) {
        const label = document.createElement("label"), input = document.createElement("input");
        Object.assign(input, { type: "password", name: note.dataset.held, id: note.dataset.held, maxLength: 32, className: "input--short", inputMode: "numeric", autocomplete: "off" });
        label.append("签名 PIN", input);
        note.replaceWith(label);
      }
    };
    if (held.length > 0) ["input", "change"].forEach(name => form.addEventListener(name, ask));
  }

  // ---- Enter goes to the next field ---------------------------------------------------------------------------------
  function focusNext(form, from) {
    const stops = all("input, select, textarea, button.primary", form).filter(e =>
      e.type !== "hidden" && !e.disabled && e.getClientRects().length > 0 &&
      (e.type !== "radio" || e === from || (e.name !== from.name && isGroupStop(form, e))));
    stops[stops.indexOf(from) + 1]?.focus();
  }
  function isGroupStop(form, radio) {
    const group = all("input[type=radio]", form).filter(r => r.name === radio.name);
    return radio === (group.find(r => r.checked) || group[0]);
  }
  function onEnter(event) {
    const target = event.target;
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || !target.matches("input, select")) return;
    event.preventDefault();
    focusNext(target.form, target);
  }

  // ---- Drafts on the server -----------------------------------------------------------------------------------------
  function keepDraft(form) {
    const status = document.querySelector("[data-draft-status]");
    let timer, wait = 0, submitting = false, dirty = false;
    const say = (text, state) => { if (status) { status.textContent = text; status.dataset.state = state; } };
    const content = () => {
      const secret = new Set(all("input[type=password]", form).map(i => i.name));
      return new URLSearchParams([...new FormData(form)].filter(([name, value]) => !secret.has(name) && !/^(hand-|kept-|held$)/.test(name) && typeof value === "string"));
    };
    const plan = delay => { clearTimeout(timer); timer = setTimeout(save, delay); };
    async function save() {
      dirty = false;
      try {
        const reply = await fetch(form.dataset.draftUrl, { method: "POST", body: content(), redirect: "manual", headers: { "X-Requested-With": "fetch" } });
        if (submitting) return;
        if (reply.status >= 500) throw new Error(`HTTP ${reply.status}`);
        wait = 0;
        if (reply.ok) judge((await reply.json()).against ?? null);
        if (reply.ok) say(`草稿 ${new Date().toTimeString().slice(0, 5)} 已保存`, "saved");
        else if (reply.status === 409) say("此步骤已被他人更新，请刷新页面查看", "waiting");
        else say("草稿未能保存，请重新登录后继续；内容仍在本页", "waiting");
      } catch {
        // The content stays on the page; it is sent again until the network is back.
        if (submitting) return;
        dirty = true;
        wait = Math.min(wait + 5000, 30000);
        say("网络中断，内容已保留在本页，恢复后自动保存", "waiting");
        plan(wait);
      }
    }
    // What is typed stands against the donation, or does so no more: the panel says it before anything is signed.
    let against;
    async function judge(now) {
      const panel = document.querySelector("[data-panel]");
      if (!panel || now === against || (against === undefined && now === null && !panel.matches(".verdict--defer, .verdict--block"))) { against = now; return; }
      against = now;
      const page = new DOMParser().parseFromString(await (await fetch(location.pathname, { headers: { "X-Requested-With": "fetch" } })).text(), "text/html");
      const fresh = page.querySelector("[data-panel]");
      if (fresh) { fresh.setAttribute("role", "status"); panel.replaceWith(fresh); }
    }
    const changed = () => { dirty = true; plan(1500); };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => { submitting = true; clearTimeout(timer); });
    form.addEventListener("unsent", () => {
      submitting = false;
      dirty = true;
      say("网络中断，没有提交；内容仍在本页，恢复后请再按一次提交", "waiting");
      plan(5000);
    });
    window.addEventListener("online", () => { if (dirty) plan(0); });
    window.addEventListener("pagehide", () => { if (dirty && !submitting) navigator.sendBeacon(form.dataset.draftUrl, content()); });
  }

  // ---- A signature by hand: strokes on a canvas, sent as a picture --------------------------------------------------
  const mostPicture = 61000;
  function pad(root) {
    const canvas = root.querySelector("canvas"), kept = root.querySelector("input"), hint = root.querySelector("[data-pad-hint]");
    const pen = canvas.getContext && canvas.getContext("2d");
    if (!pen || !window.PointerEvent) return;
    Object.assign(canvas, { width: 960, height: 320 });
    root.hidden = false;
    let last = null;
    const at = event => {
      const box = canvas.getBoundingClientRect();
      return { x: (event.clientX - box.left) * canvas.width / box.width, y: (event.clientY - box.top) * canvas.height / box.height };
    };
    const line = (from, to) => { pen.beginPath(); pen.moveTo(from.x, from.y); pen.lineTo(to.x, to.y); pen.stroke(); };
    const keep = () => {
      kept.value = canvas.toDataURL("image/png");
      // A dense signature is sent smaller rather than not at all.
      if (kept.value.length > mostPicture) {
        const small = document.createElement("canvas");
        small.width = canvas.width / 2; small.height = canvas.height / 2;
        small.getContext("2d").drawImage(canvas, 0, 0, small.width, small.height);
        kept.value = small.toDataURL("image/png");
      }
      hint.textContent = "已签名；要重写请按“清除”";
    };
    const sign = root.querySelector("[data-pad-kept]");
    const clear = why => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      kept.value = "";
      if (sign) sign.value = "";
      hint.textContent = typeof why === "string" ? why : "请在框内书写姓名";
    };
    // A drawing that came back with a refused page counts as long as nothing it was made under is changed.
    const restore = () => {
      const picture = new Image();
      picture.addEventListener("load", () => { if (kept.value === picture.src) pen.drawImage(picture, 0, 0, canvas.width, canvas.height); });
      picture.src = kept.value;
      hint.textContent = "已签名，笔迹已保留；内容改了要重新签名";
      for (const name of ["input", "change"]) canvas.closest("form").addEventListener(name, event => { if (sign?.value && event.target.closest(".form-fields")) clear("内容有改动，请重新签名"); });
    };
    Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
    canvas.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      event.preventDefault();
      if (tellGaps(canvas.closest("form"))) return;
      if (sign && sign.value) clear();
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
      line(last, last);
    });
    canvas.addEventListener("pointermove", event => {
      if (!last) return;
      for (const step of event.getCoalescedEvents ? event.getCoalescedEvents() : [event]) { const next = at(step); line(last, next); last = next; }
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { if (last) keep(); last = null; });
    root.querySelector("[data-pad-clear]").addEventListener("click", clear);
    // A page the browser brings back brings the field back but not the drawing.
    if (kept.value) restore();
    else clear();
    window.addEventListener("pageshow", event => { if (event.persisted) clear(); });
  }

  // ---- One press, one effect (the server's operation id is the guarantee) -------------------------------------------
  // A form posted into a dead network would be replaced by the browser's own error page, and with it what was typed.
  async function reach() {
    try {
      return (await fetch("/site.css", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
    } catch {
      return false;
    }
  }
  function guard(event) {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.submitted) { event.preventDefault(); return; }
    form.dataset.submitted = "yes";
    if (form.dataset.draftUrl && !form.dataset.reached) {
      event.preventDefault();
      reach().then(there => {
        delete form.dataset.submitted;
        if (there) form.dataset.reached = "yes";
        else form.dispatchEvent(new Event("unsent"));
        if (there) form.requestSubmit(event.submitter);
      });
      return;
    }
    delete form.dataset.reached;
    // After the browser has collected the pressed button's name and value.
    setTimeout(() => all("button:not([type=button]), input[type=submit]", form).forEach(b => { b.disabled = true; }));
  }
  function release() {
    for (const form of all("form[data-submitted]")) {
      delete form.dataset.submitted;
      all("button:not([type=button]), input[type=submit]", form).forEach(b => { b.disabled = false; });
    }
  }

  // ---- Scanner: a burst of keys ending with Enter goes to its place without a click ---------------------------------
  const burst = { keys: "", last: 0, into: null, before: "", composed: false, broken: null };
  const longestGap = 40, shortest = 6, longestPause = 1500;
  // An input method swallows the letter and leaves the key: what was pressed is told by its place on the keyboard.
  const swallowed = event => event.isComposing || event.key === "Process" || event.keyCode === 229;
  function keyOf(event) {
    if (!swallowed(event)) return event.key;
    if (/^(Numpad)?Enter$/.test(event.code)) return "Enter";
    const found = /^(?:(?:Digit|Numpad)(\d)|Key([A-Z]))$/.exec(event.code);
    if (found) return found[1] ?? (event.shiftKey ? found[2] : found[2].toLowerCase());
    return { Minus: "-", NumpadSubtract: "-", Equal: "=", BracketRight: "]", Slash: "/" }[event.code] ?? "";
  }
  // As the server reads it: half-width, without the name of the symbology and without signs around it.
  const cleaned = code => code.normalize("NFKC").replace(/[\p{C}\s'’‘`]/gu, "").toUpperCase().replace(/^\][A-Z][A-Z0-9]/, "").replace(/^[^A-Z0-9]+|[^A-Z0-9]+$/g, "");
  const bare = code => code.replace(/^[A-Z]{1,2}(?=\d)/, "").replace(/(\d)[A-Z]{1,2}$/, "$1");
  const same = (read, wanted) => [cleaned(read), bare(cleaned(read))].includes(wanted.toUpperCase());
  function beep(right) {
    const audio = new AudioContext(), tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = right ? 1200 : 220;
    volume.gain.value = 0.1;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + (right ? 0.08 : 0.4));
    tone.onended = () => audio.close();
  }
  function onScanKey(event) {
    const now = event.timeStamp, key = keyOf(event);
    if (now - burst.last > longestGap) {
      // A scanner that was held up in the middle of a code: its beginning has gone somewhere else.
      const broken = burst.keys.length >= 3 && now - burst.last < longestPause ? { into: burst.into, before: burst.before } : null;
      Object.assign(burst, { keys: "", into: event.target, before: event.target.value, composed: false, broken });
    }
    // Whoever goes on to the next field with Tab, by hand or as the end of a code, begins anew there.
    if (key === "Tab") return void Object.assign(burst, { last: -Infinity, keys: "", broken: null });
    burst.last = now;
    burst.composed ||= swallowed(event);
    if (key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) burst.keys += key;
    if (key !== "Enter") return;
    // Enter ends every burst: the tail of a scan that was cut in two must not begin the next one.
    const { keys, composed, broken, into } = burst;
    burst.keys = "";
    burst.broken = null;
    if (keys.length < shortest) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // What an input method has half made of it goes away with the focus; then the code is put in.
    if (composed) { into.blur?.(); setTimeout(() => place(keys)); return; }
    // A browser that hesitates in the middle of a scan must not cut its beginning off: what stands in the field is the code.
    const whole = into && into.matches?.("[data-scan-target]") && into.value.endsWith(keys) ? into.value.trim() : null;
    if (broken && !whole) { if (broken.into && "value" in broken.into) broken.into.value = broken.before; return half(keys); }
    place(whole ?? keys);
  }
  const sayScan = (text, state) => { const status = document.querySelector("[data-scan-status]"); if (status) { status.textContent = text; status.dataset.state = state; } };
  function half(keys) {
    beep(false);
    sayScan(`只读到一半（…${keys.slice(-4)}），没有采用，请再扫一次`, "wrong");
  }
  const differs = target => !!target.dataset.scanValue && !same(target.value, target.dataset.scanValue);
  function place(read) {
    const code = cleaned(read);
    const targets = all("[data-scan-target]").filter(t => t.getClientRects().length > 0 && !t.disabled);
    const fitting = targets.filter(t => !t.dataset.scanPattern || new RegExp(`^(?:${t.dataset.scanPattern})$`).test(code));
    const target = fitting.find(t => t === burst.into) || fitting.find(t => t.value.trim() === "" || differs(t)) || fitting[0];
    if (burst.into !== target && burst.into && "value" in burst.into) burst.into.value = burst.before;
    const wrong = !target || (target.dataset.scanValue && !same(code, target.dataset.scanValue));
    beep(!wrong);
    if (!target) {
      const expected = targets.map(t => t.dataset.scanExpected).filter(Boolean).join("或");
      sayScan(`条码不符：读到 ${code}${expected ? `，应扫 ${expected}` : ""}`, "wrong");
      return;
    }
    target.value = code;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.dispatchEvent(new Event("change", { bubbles: true }));
    const label = target.labels?.[0]?.textContent.trim() || "";
    target.setAttribute("aria-invalid", wrong ? "true" : "false");
    sayScan(wrong ? `条码不符（${label}）：应为 ${target.dataset.scanValue}，读到 ${code}。请停止操作，查明原因` : `已读 ${code}${label && targets.length > 1 ? `（${label}）` : ""}`, wrong ? "wrong" : "right");
    if ("scanSubmit" in target.dataset) target.form.requestSubmit();
    else (wrong ? target : targets.find(t => t.value.trim() === "") || target).focus();
  }

  // ---- One tap: the time it is now by the station's clock, and values the station used last --------------------------
  function fill(field, value) {
    const controls = all("input, select, textarea", field), radio = controls.find(c => c.type === "radio" && c.value === value);
    if (radio) radio.checked = true;
    else if (controls[0]) controls[0].value = value;
    (radio ?? controls[0])?.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const isEmpty = field => all("input, select, textarea", field).every(c => c.type === "radio" ? !c.checked : c.value.trim() === "");
  function minuteNow(served) {
    const at = new Date(Date.parse(served + "Z") + performance.now());
    return at.toISOString().slice(0, 16);
  }
  function onTap(event) {
    const button = event.target.closest?.("[data-now], [data-take], [data-take-all]");
    if (!button) return;
    if ("now" in button.dataset) fill(button.closest("[data-field]"), minuteNow(button.dataset.now));
    else if ("take" in button.dataset) fill(button.closest("[data-field]"), button.dataset.take);
    else for (const field of all("[data-field]", button.closest(".form-section"))) { const first = field.querySelector("[data-take]"); if (first && isEmpty(field)) fill(field, first.dataset.take); }
  }

  // ---- Printed whole: what is folded away on the screen is open on paper --------------------------------------------
  let folded = [];
  addEventListener("beforeprint", () => { folded = all("details:not([open])").filter(d => !d.querySelector("form, input, button")); folded.forEach(d => { d.open = true; }); });
  addEventListener("afterprint", () => { folded.forEach(d => { d.open = false; }); folded = []; });

  // ---- Left alone: the page leaves by itself, after a word of warning -----------------------------------------------
  function watchIdle(seconds, url) {
    const warning = document.querySelector("[data-idle-warning]");
    let warn, leave, told = Date.now();
    const restart = () => {
      // Who reads and scrolls is still there, though the server hears nothing of it.
      if (Date.now() - told > seconds * 500) { told = Date.now(); fetch(`${url}/alive`).catch(() => {}); }
      clearTimeout(warn); clearTimeout(leave);
      if (warning) warning.hidden = true;
      warn = setTimeout(() => { if (warning) warning.hidden = false; }, Math.max(seconds - 15, 1) * 1000);
      leave = setTimeout(() => location.replace(url), seconds * 1000);
    };
    ["keydown", "pointerdown", "input", "scroll"].forEach(name => addEventListener(name, restart, { passive: true, capture: true }));
    restart();
  }

  // ---- Wiring ---------------------------------------------------------------------------------------------------------
  if (document.querySelector("[data-scan-target]")) document.addEventListener("keydown", onScanKey, true);
  // A second scan into a field replaces the first.
  for (const target of all("[data-scan-target]")) target.addEventListener("focus", () => target.select());
  document.addEventListener("submit", guard);
  document.addEventListener("click", onTap);
  window.addEventListener("pageshow", event => {
    if (!event.persisted) return;
    // A donor's screen that the browser kept is not shown again: the server says whether there is still one.
    if (document.body.dataset.idleUrl) location.reload();
    else release();
  });
  all("[data-pad]").forEach(pad);
  for (const form of all("form")) {
    if (form.querySelector("[data-known-facts]")) {
      const show = () => showFields(form);
      form.addEventListener("input", show);
      form.addEventListener("change", show);
      show();
    }
    if (form.dataset.enter === "next") form.addEventListener("keydown", onEnter);
    holdPins(form);
    form.addEventListener("focusin", event => { if (event.target.type === "password" && event.target.closest(".signers")) tellGapsOnce(form); });
    if (form.dataset.draftUrl) keepDraft(form);
  }
  document.querySelector(".rail .current")?.scrollIntoView({ inline: "center", block: "nearest" });
  const toSee = document.querySelector("[data-focus]");
  if (toSee) toSee.focus();
  // Where there is a keyboard, a step begins in its first field; on a touch screen that would only cover the page.
  else if (!document.querySelector("[autofocus]") && matchMedia("(pointer: fine)").matches)
    all('form[data-enter="next"] :is(input, select, textarea)').find(e => e.type !== "hidden" && e.getClientRects().length > 0 && (e.type === "radio" ? !all("input[type=radio]", e.form).some(r => r.name === e.name && r.checked) : e.value === ""))?.focus({ preventScroll: true });
  const { idleSeconds, idleUrl } = document.body.dataset;
  if (idleSeconds && idleUrl) watchIdle(Number(idleSeconds), idleUrl);
})();
