// Runs a script with jQuery as a page of another origin would: the browser asks by CORS whether it may.
const { readFileSync } = require('node:fs');
const { JSDOM, VirtualConsole } = require('jsdom');

const complain = (message) => {
  console.error(message);
  process.exitCode = 1;
};
const complaints = new VirtualConsole().on('jsdomError', (error) => complain(error.message));
const { window } = new JSDOM('', { url: 'https://elsewhere.example/page', virtualConsole: complaints });
const $ = require('jquery')(window);
$(window.document).on('ajaxError', (_, answer) => complain(`refused: status ${answer.status} ${answer.responseText ?? ''}`));
new Function('$', 'console', readFileSync(process.argv[2], 'utf8'))($, console);
