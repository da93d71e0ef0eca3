// The page's side of sw.js.

const WORKER = '/sw.js';

/**
 * Lets the page open without a network from the next visit on.
 * @param {object} listeners
 * @param {() => void} listeners.onReady the page's files are kept
 * @param {(update: () => void) => void} listeners.onUpdate a new version waits;
 *   calling update shows it, by one reload
 */
export function registerOffline({ onReady, onUpdate }) {
  if (import.meta.env.DEV || isOneFile() || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.ready.then(() => onReady());
  serviceWorker.register(workerUrl(), { updateViaCache: 'none' }).then(
    (registration) => watch(registration, onUpdate),
    // Private windows and strict settings refuse workers; the page works without one.
    () => {},
  );
}

/** offline.html needs no worker: it is the copy. */
export function isOneFile() {
  return 'oneFile' in document.documentElement.dataset;
}

function watch(registration, onUpdate) {
  const { serviceWorker } = navigator;
  const offer = () => {
    if (registration.waiting && serviceWorker.controller) onUpdate(() => activate(registration));
  };
  offer();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer);
  });
}

function activate(registration) {
  const reload = () => location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
  registration.waiting?.postMessage('skip-waiting');
}

// Trusted Types are required by the page's policy; this is the only script it may name.
function workerUrl() {
  const policy = globalThis.trustedTypes?.createPolicy('app', {
    createScriptURL: (url) => {
      if (url !== WORKER) throw new TypeError(`not a script of this page: ${url}`);
      return url;
    },
  });
  return policy ? policy.createScriptURL(WORKER) : WORKER;
}
