#!/usr/bin/env node
'use strict';
// Written in ES5 so that a Node of any age can read it and say what it lacks.

var path = require('path');

var ROOT = path.dirname(__dirname);
var REPEAT_WINDOW_MS = 250;

if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  console.log(require('../package.json').version);
} else if (isSupported(process.versions.node)) {
  start();
} else if (exists(localNode())) {
  startOn(localNode());
} else {
  explain();
}

// Types are stripped natively, and node:sqlite needs no flag, from 22.18 and 23.6 on.
function isSupported(version) {
  var parts = version.split('.');
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

function start() {
  filterProcessEvents();
  var source = path.join(ROOT, 'src', 'cli', 'main.ts');
  var program = require(exists(source) ? source : path.join(ROOT, 'dist', 'cli', 'main.js'));
  program.main(process.argv.slice(2)).then(null, function (error) {
    console.error((error && error.stack) || error);
    process.exitCode = 1;
  });
}

// One Ctrl-C may arrive twice within milliseconds: from the terminal and from npx, timeout(1) or startOn(), which
// pass it on. The program acts on a second signal by force, so only one that a person sent later may count as second.
function filterProcessEvents() {
  var emit = process.emit;
  var lastAt = {};
  process.emit = function (name, value) {
    if (name === 'warning' && isExpected(value)) return false;
    if (name === 'SIGINT' || name === 'SIGTERM' || name === 'SIGHUP') {
      var now = Date.now();
      var isRepeat = now - lastAt[name] < REPEAT_WINDOW_MS;
      lastAt[name] = now;
      if (isRepeat) return true;
    }
    return emit.apply(process, arguments);
  };
}

function isExpected(warning) {
  if (!warning || warning.name !== 'ExperimentalWarning') return false;
  return /^(Type Stripping|SQLite|CommonJS module .* is loading ES Module)/.test(warning.message);
}

function localNode() {
  return path.join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function startOn(node) {
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  var signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    console.error('runbook cannot start ' + node + ': ' + error.message + '\nRun `npm ci` in ' + ROOT + ' again.');
    process.exitCode = 78;
  });
  child.on('exit', function (code, signal) {
    if (signal === null) {
      process.exit(code);
    }
    signals.forEach(function (name) {
      process.removeAllListeners(name);
    });
    process.kill(process.pid, signal);
  });
}

function explain() {
  var isCheckout = exists(path.join(ROOT, 'src', 'cli', 'main.ts'));
  console.error(
    'runbook needs Node.js 22.18 or newer (24 is recommended), and this is ' +
      process.version +
      '.\n' +
      (isCheckout
        ? 'Run `npm ci` in ' + ROOT + ': it brings a Node.js 24 of its own, which runbook then uses.'
        : 'Install Node.js 24, for example with `npm install --global node@24`, and run runbook again.')
  );
  process.exit(78);
}

function exists(file) {
  return require('fs').existsSync(file);
}
