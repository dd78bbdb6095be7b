import { parentPort } from 'node:worker_threads';
import { decryptKeyText } from './key-text.ts';

/** Started by key-decrypt.ts: one question, one answer. */
parentPort?.once('message', ({ text, passphrase }: { readonly text: string; readonly passphrase: string }) => {
  parentPort?.postMessage(decryptKeyText(text, passphrase), []);
});
