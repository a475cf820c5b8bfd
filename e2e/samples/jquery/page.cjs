// Runs a script with jQuery as a page of another origin would: the browser asks by CORS whether it may.
const { readFileSync } = require('node:fs');
const { JSDOM, VirtualConsole } = require('jsdom');

const complaints = new VirtualConsole().on('jsdomError', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
const { window } = new JSDOM('', { url: 'https://elsewhere.example/page', virtualConsole: complaints });
const $ = require('jquery')(window);
new Function('$', 'console', readFileSync(process.argv[2], 'utf8'))($, console);
