import { render } from 'preact';
import { loadCore } from 'virtual:core';
import { version } from '../package.json';
import { startCore, startPage } from './effects.js';
import { App } from './panels/app.jsx';
import { core, draft } from './state.js';

/** Lets the browser paint and answer before the next piece of work. */
const pause = () => new Promise((resolve) => { setTimeout(resolve); });

startPage();
// index.html shows the empty page already: it should be seen before the script is at work.
await pause();
// What was typed into it meanwhile is kept.
draft.value = document.getElementById('field').value;
render(<App />, document.getElementById('app'));
document.getElementById('version').textContent = version;

await pause();
core.value = await loadCore();
startCore();
