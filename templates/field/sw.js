// The service worker: keeps the shells and files of the field pages, and opens them without network. Never keeps a personal page.
const KEPT = {{ kept|safe }};
const SHELLS = `field-shells-${KEPT.version}`;
const FILES = `field-files-${KEPT.version}`;
const MARKS = "field-marks";
const MARK = "/field/marks";
const PATIENCE = 3000;
const WORK = /^\/households\/[0-9a-f-]{36}\/(visit|assess|facts)\/$/;
const HOUSEHOLD = /^\/households\/[0-9a-f-]{36}\/$/;

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

// What an older set already holds under the same address (its name carries its hash) is not fetched again.
async function keep() {
  const files = await caches.open(FILES);
  const fetched = KEPT.files.map(async (url) => {
    const known = /\.[0-9a-f]{12}\.\w+$/.test(url) && (await caches.match(url));
    await files.put(url, known || (await take(url)));
  });
  const shells = await caches.open(SHELLS);
  const urls = Object.values(KEPT.shells).flatMap((named) => Object.values(named));
  const drawn = urls.map(async (url) => shells.put(url, await take(url)));
  await Promise.all([...fetched, ...drawn]);
}

async function take(url) {
  const answer = await fetch(url, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

self.addEventListener("activate", (event) => {
  event.waitUntil(begin());
});

// Pages opened before now may still ask for files of the older set, so it stays until the last of them is closed.
async function begin() {
  const open = (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).map((page) => page.id);
  const older = (await caches.keys()).some(isOlder);
  if (older) await note("older", { version: KEPT.version, pages: open });
  await sweep();
  await self.clients.claim();
}

function isOlder(name) {
  return /^field-(shells|files)-/.test(name) && name !== SHELLS && name !== FILES;
}

async function sweep() {
  const names = (await caches.keys()).filter(isOlder);
  if (!names.length) return;
  const held = await noted("older");
  for (const id of held?.pages ?? []) if (await self.clients.get(id)) return;
  await Promise.all(names.map((name) => caches.delete(name)));
}

async function note(name, value) {
  const cache = await caches.open("field-notes");
  await cache.put(`/field/notes/${name}`, new Response(JSON.stringify(value)));
}

async function noted(name) {
  const found = await caches.match(`/field/notes/${name}`);
  return found ? found.json() : null;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(event, url));
  else if (KEPT.files.includes(url.pathname) || url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
});

async function file(request, url) {
  return (await caches.match(url.pathname, { ignoreVary: true })) ?? fetch(request);
}

async function navigate(event, url) {
  event.waitUntil(sweep());
  const path = url.pathname;
  if (path === "/outbox/") return shell("outbox");
  const mark = await readMark();
  const work = WORK.exec(path);
  if (work && mark?.field && !url.searchParams.has("plain")) return shell(work[1]);
  if (path === "/today/" && mark?.kit) return shell("today");
  if (HOUSEHOLD.test(path) && mark?.field) return soon(event.request, "household");
  try {
    return await fetch(event.request);
  } catch {
    return shell(path === "/today/" ? "today" : "offline");
  }
}

// The server's page if it comes within three seconds, else the phone's.
async function soon(request, name) {
  const fetched = fetch(request);
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  try {
    const answer = await Promise.race([fetched, late]);
    if (answer) return answer;
  } catch {
    return shell(name);
  }
  fetched.catch(() => {});
  return shell(name);
}

// A navigation must not be answered with a redirected response, so it is made anew.
async function shell(name) {
  const url = (KEPT.shells[(await noted("language"))?.code] ?? KEPT.shells.th)[name];
  const kept = await (await caches.open(SHELLS)).match(url, { ignoreVary: true });
  const answer = kept ?? (await fetch(url));
  return new Response(answer.body, { status: 200, headers: answer.headers });
}

// What app.js wrote about this phone; over 14 days without sign-in, or the appointment over: key and kit go.
async function readMark() {
  const found = await caches.match(MARK, { cacheName: MARKS });
  const mark = found ? await found.json() : null;
  if (mark && Date.now() > mark.until) {
    await forget();
    return null;
  }
  return mark;
}

async function forget() {
  await caches.delete(MARKS);
  await new Promise((done, failed) => {
    const request = indexedDB.open("povertyops-field");
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const db = request.result;
      const names = ["keys", "kit", "meta"].filter((name) => db.objectStoreNames.contains(name));
      if (names.length < 3) {
        db.close();
        return done();
      }
      const work = db.transaction(names, "readwrite");
      work.objectStore("keys").clear();
      work.objectStore("kit").clear();
      work.objectStore("meta").delete("kit");
      work.oncomplete = () => {
        db.close();
        done();
      };
      work.onerror = () => failed(work.error);
    };
  });
}
