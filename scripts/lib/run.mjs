import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const KEPT_CHARACTERS = 200_000;
const GRACE_MS = 15_000;
// npm hands on the Ctrl-C that the terminal has already sent to everyone: what comes this close is one and the same.
const SAME_REQUEST_MS = 1_000;

/** Exit code of a process that a signal ended, as shells count it. */
export function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}

/**
 * Calls back once for each request to end, however many signals it consists of. Under npm its end is a request, too: the
 * shell that npm puts between dies of a SIGTERM without passing it on.
 */
export function onEndRequest(callback) {
  let last = -Infinity;
  const listener = (signal) => {
    const now = Date.now();
    if (now - last >= SAME_REQUEST_MS) callback(signal);
    last = now;
  };
  // Kept until the end: without a listener the next signal would end this process before its children.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, listener);
  if (process.env.npm_lifecycle_event) onParentEnd(() => listener('SIGTERM'));
}

function onParentEnd(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}

const running = new Set();
let endedBy = null;

/** The signal by which the user asked for the end, or null. */
export function endRequest() {
  return endedBy;
}

/** From now on Ctrl-C ends the running commands, waits for them, and lets nothing further start. */
export function endCommandsOnRequest() {
  onEndRequest((signal) => {
    endedBy ??= signal;
    for (const child of running) endGroup(child, signal);
  });
}

/**
 * Runs a command to its end. Its output is kept (its end, when there is much) and shown as it comes when `live`. It runs in
 * a process group of its own, so that it gets one signal from us and not another from the terminal, and so that whatever it
 * leaves behind can be ended with it.
 */
export function run(command, args, { env = process.env, cwd, live = false } = {}) {
  if (endedBy) return Promise.resolve({ code: exitCodeOf(endedBy), output: '' });
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-KEPT_CHARACTERS);
        if (live) to.write(text);
      });
    }
    const done = (result) => {
      running.delete(child);
      resolve({ ...result, output });
    };
    child.once('error', (error) => {
      output += String(error);
      done({ code: 127 });
    });
    child.once('exit', () => killGroup(child));
    child.once('close', (code, signal) => done({ code: code ?? exitCodeOf(signal) }));
  });
}

/**
 * Runs a program in the foreground, with our terminal, until it ends; requests to end go to it, once each, and it decides
 * when it is done. Returns its exit code.
 */
export function runForeground(command, args, { env = process.env, cwd } = {}) {
  if (endedBy) return Promise.resolve(exitCodeOf(endedBy));
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd, detached: true, stdio: 'inherit' });
    onEndRequest((signal) => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
    child.once('error', (error) => {
      console.error(String(error));
      resolve(127);
    });
    child.once('exit', (code, signal) => {
      killGroup(child);
      resolve(code ?? exitCodeOf(signal));
    });
  });
}

function endGroup(child, signal) {
  signalGroup(child, signal);
  const timer = setTimeout(() => killGroup(child), GRACE_MS);
  child.once('exit', () => clearTimeout(timer));
}

function killGroup(child) {
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nobody is left. EPERM: on macOS the same, while the last one is a zombie.
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
