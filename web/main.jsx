import { render } from 'preact';
import { loadCore } from 'virtual:core';
import { version } from '../package.json';
import { startCore, startPage } from './effects.js';
import { App } from './panels/app.jsx';
import { core, draft } from './state.js';

startPage();
// index.html shows the empty page already; what was typed into it meanwhile is kept.
draft.value = document.getElementById('field').value;
render(<App />, document.getElementById('app'));
document.getElementById('version').textContent = version;

core.value = await loadCore();
startCore();
