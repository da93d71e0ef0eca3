// Everything between the page and the browser: paste, drop, files, the address, the width.
import { MOST_FILES, isWanted, openAll } from '../wasm/open.js';
import { registerOffline } from './offline.js';
import { payloadInAddressBar } from './share.js';
import { SHOWN, toBytes } from './source.js';
import { add, columns, core, draft, onPaper, openRequest, request, trouble } from './state.js';

// Larger than any text about CPUs: 512 MB. Folders of machines hold their disks, too.
const MOST_BYTES = 512 << 20;

async function readFile({ path, file }) {
  if (file.size > MOST_BYTES) return { trouble: `Could not open ${path}: larger than 512 MB.` };
  try {
    return { path, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    return { trouble: `Could not open ${path}.` };
  }
}

/** Reads files and adds them, with what is in archives; says what could not be opened. */
async function openPaths(paths) {
  const read = await Promise.all(paths.filter(({ path }) => isWanted(path)).map(readFile));
  const { sources, troubles } = await openAll(read.filter(({ bytes }) => bytes));
  if (sources.length) add(sources);
  const all = [...read.map((one) => one.trouble).filter(Boolean), ...troubles];
  if (paths.length === 0) all.push('There are no files in this folder.');
  if (all.length) trouble.value = all.join(' ');
}

/** What was picked; files of a picked folder know their path. */
export const openFiles = (files) =>
  openPaths(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));

/** The files of a dropped file or folder, at most MOST_FILES in all. */
async function walk(entry, found) {
  if (found.length >= MOST_FILES) return;
  const path = entry.fullPath.slice(1);
  if (entry.isFile) {
    const file = await new Promise((resolve) => { entry.file(resolve, () => resolve(null)); });
    // What cannot be read says so where all files are read.
    found.push({ path, file: file ?? { arrayBuffer: () => Promise.reject(new Error(path)) } });
    return;
  }
  const reader = entry.createReader();
  const next = () => new Promise((resolve) => { reader.readEntries(resolve, () => resolve([])); });
  // They come in portions, until none is left.
  for (let some = await next(); some.length; some = await next()) {
    for (const one of some) await walk(one, found);
  }
}

/** @param {DataTransfer} data its entries are there only while the event lasts */
async function openDropped(data) {
  const items = [...data.items].filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const item of items) {
    if (item instanceof File) found.push({ path: item.name, file: item });
    else if (item) await walk(item, found);
  }
  await openPaths(found);
}

/** Resolves once the core is there: a link may be pasted before. */
const coreReady = () => new Promise((resolve) => {
  core.subscribe((there) => { if (there) resolve(there); });
});

/** Pasted text is a source, but for a link to this page: that is opened. */
async function addText(text) {
  const [, payload] = /^\s*https?:\S+#([\w-]+)\s*$/.exec(text) ?? [];
  const { request: opened } = payload ? (await coreReady()).decode(payload) : {};
  if (opened) openRequest(opened);
  else add([{ name: '', bytes: toBytes(text) }]);
}

// Elsewhere than in the big field, what is pasted into a field stays there.
const isOtherField = (target) =>
  target.closest?.('input, textarea, select, [contenteditable]') && target.id !== 'field';

function paste(event) {
  if (isOtherField(event.target)) return;
  const files = [...event.clipboardData.files];
  const text = event.clipboardData.getData('text/plain');
  // Text put into the middle of what one is typing belongs there, as long as it fits.
  const typing = event.target.id === 'field' && draft.value.trim() !== '';
  if (typing && !files.length && text.length + draft.value.length < SHOWN) return;
  if (!files.length && text.trim() === '') return;
  event.preventDefault();
  if (text.trim() === '') openFiles(files);
  else addText(text);
}

function drop(event) {
  document.body.classList.remove('over');
  const files = [...event.dataTransfer.files];
  const text = event.dataTransfer.getData('text/plain');
  if (isOtherField(event.target) && !files.length) return;
  event.preventDefault();
  if (files.length) openDropped(event.dataTransfer);
  else if (text.trim() !== '') addText(text);
}

function dragOver(event) {
  if (isOtherField(event.target) && !event.dataTransfer.types.includes('Files')) return;
  event.preventDefault();
  document.body.classList.add('over');
}

function dragLeave(event) {
  if (event.relatedTarget === null) document.body.classList.remove('over');
}

/** Opens the link in the address bar, if there is one. */
export function openLink() {
  const payload = payloadInAddressBar();
  if (payload === '' || payload.startsWith('bit=')) return;
  const { request: opened, error } = core.value.decode(payload);
  if (error) trouble.value = error;
  else openRequest(opened);
}

const KEPT = 'motionmask';

// A new version shows itself by a reload; what was pasted must survive it.
function keepForReload() {
  if (request.value.sources.length === 0) return;
  sessionStorage.setItem(KEPT, core.value.encode(request.value, { names: true }));
}

function openKept() {
  const payload = sessionStorage.getItem(KEPT);
  if (payload === null) return;
  sessionStorage.removeItem(KEPT);
  const { request: opened } = core.value.decode(payload);
  if (opened) openRequest(opened);
}

function followWidth() {
  const narrow = matchMedia('(max-width: 40rem)');
  const middle = matchMedia('(max-width: 62rem)');
  const paper = matchMedia('print');
  const measure = () => {
    onPaper.value = paper.matches;
    columns.value = narrow.matches ? 8 : middle.matches ? 16 : 32;
    // Whole rows are printed, in smaller letters.
    if (paper.matches) columns.value = 32;
  };
  measure();
  for (const query of [narrow, middle, paper]) query.addEventListener('change', measure);
  addEventListener('afterprint', measure);
}

/** Prints once the page has been laid out for paper. */
export function printTicket() {
  onPaper.value = true;
  columns.value = 32;
  setTimeout(() => print(), 50);
}

function followOffline() {
  const line = document.getElementById('offline');
  const say = (text) => { line.textContent = text; };
  registerOffline({
    onReady: () => { if (!line.firstElementChild) say('Ready to work offline.'); },
    onUpdate: (update) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'New version: reload';
      button.onclick = () => { keepForReload(); update(); };
      line.replaceChildren(button);
    },
  });
}

/** Before the first paint. */
export function startPage() {
  followWidth();
  document.addEventListener('paste', paste);
  addEventListener('drop', drop);
  addEventListener('dragover', dragOver);
  addEventListener('dragleave', dragLeave);
}

/** Once the core is there. */
export function startCore() {
  openKept();
  openLink();
  addEventListener('hashchange', openLink);
  followOffline();
}

