// Keeps the page's own files, so that it opens again without a network.
// The build writes both constants: the files, and a hash of what is in them.
const FILES = '__FILES__';
const HASH = '__HASH__';

const PREFIX = 'motionmask-';
const NAME = PREFIX + HASH;

addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
});

addEventListener('activate', (event) => {
  event.waitUntil(dropOld().then(() => clients.claim()));
});

// A new version waits until the person asks for it: a reload would cost what they typed.
addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') skipWaiting();
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === 'navigate' ? navigate(request) : answer(request));
});

async function dropOld() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The reference is kept from when it was first opened: not every visit wants its bytes.
async function answer(request) {
  return await kept(request) ?? keep(request);
}

async function keep(request) {
  const response = await fetch(request);
  const { pathname } = new URL(request.url);
  if (response.ok && /^\/(reference\.html$|assets\/)/.test(pathname)) {
    const copy = response.clone();
    const cache = await caches.open(NAME);
    await cache.put(pathname, copy);
  }
  return response;
}

// Other addresses are asked for, so that what is not there stays a real 404.
async function navigate(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/' || pathname === '/index.html') return await kept('/') ?? fetch(request);
  if (pathname === '/reference.html') return answer(request).catch(() => kept('/'));
  return fetch(request).catch(() => kept('/'));
}

async function kept(request) {
  const cache = await caches.open(NAME);
  return cache.match(request, { ignoreSearch: true });
}
