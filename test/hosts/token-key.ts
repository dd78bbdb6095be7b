import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TYPE = 'sk-ssh-ed25519@openssh.com';

/** A key as `ssh-keygen -t ed25519-sk` leaves it in a file: the token that could sign with it does not exist. */
export function tokenKey(folder: string): { readonly file: string; readonly publicKey: string } {
  const publicBlob = [text(TYPE), text(randomBytes(32)), text('ssh:')];
  const check = randomBytes(4);
  const handle = [Buffer.from([1]), text(randomBytes(64)), text('')];
  const secret = Buffer.concat([check, check, ...publicBlob, ...handle, text('token')]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(text),
    Buffer.from([0, 0, 0, 1]),
    text(Buffer.concat(publicBlob)),
    text(Buffer.concat([secret, padding])),
  ]);
  const file = join(folder, 'id_ed25519_sk');
  const lines = blob.toString('base64').replace(/.{70}/g, '$&\n').trim();
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} OPENSSH PRIVATE KEY-----\n`);
  writeFileSync(file, `${begin}${lines}\n${end}`, { mode: 0o600 });
  return { file, publicKey: `${TYPE} ${Buffer.concat(publicBlob).toString('base64')} token` };
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
