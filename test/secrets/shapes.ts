import type { Random } from '../support/random.ts';

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Letters and digits by chance, so that no text holds them but one that was made of the value. */
export function letters(random: Random, count: number, from: string = LETTERS): string {
  return Array.from({ length: count }, () => from[random.below(from.length)]).join('');
}

/** What secrets look like, each made anew by chance. */
export const SHAPES: Readonly<Record<string, (random: Random) => string>> = {
  'four characters': (random) => letters(random, 4, '@!~^QZ7'),
  'six characters': (random) => `${letters(random, 5)}!`,
  'a password': (random) => letters(random, 16),
  'a word with digits': (random) => `Apache${letters(random, 6)}`,
  'spaces inside': (random) => `${letters(random, 5)} ${letters(random, 6)}  ${letters(random, 4)}`,
  'a space at each end': (random) => ` ${letters(random, 12)} `,
  'a tab': (random) => `${letters(random, 7)}\t${letters(random, 7)}`,
  'a single quote': (random) => `${letters(random, 6)}'${letters(random, 6)}`,
  'double quotes': (random) => `${letters(random, 6)}"${letters(random, 3)}"${letters(random, 4)}`,
  'quotes of all kinds': (random) => `${letters(random, 4)}'"\`${letters(random, 4)}"'’“${letters(random, 4)}`,
  backslashes: (random) => `${letters(random, 5)}\\${letters(random, 4)}\\\\${letters(random, 5)}`,
  'a backslash before n': (random) => `${letters(random, 8)}\\n${letters(random, 8)}`,
  'a dollar and a brace': (random) => `${letters(random, 4)}$HOME\${X}$(${letters(random, 8)})`,
  'a template': (random) => `\${{ ${letters(random, 8)} }}{{ ${letters(random, 4)} }}`,
  backticks: (random) => `${letters(random, 5)}\`id\`${letters(random, 6)}`,
  percents: (random) => `%${letters(random, 5)}%s%41%%${letters(random, 6)}`,
  'three pluses': (random) => `+++${letters(random, 6)}+++${letters(random, 4)}`,
  'signs of regular expressions': (random) => `^${letters(random, 5)}.*[a-z](?:${letters(random, 5)})|$`,
  'signs of HTML': (random) => `<${letters(random, 6)}>&amp;&${letters(random, 6)};`,
  'signs of a glob': (random) => `*${letters(random, 7)}?[!${letters(random, 5)}]`,
  lines: (random) => `${letters(random, 14)}\n${letters(random, 14)}\n${letters(random, 14)}`,
  'lines of Windows': (random) => `${letters(random, 14)}\r\n${letters(random, 14)}`,
  'short lines': (random) => `${letters(random, 5)}\n${letters(random, 5)}\n${letters(random, 5)}`,
  'a line break at its end': (random) => `${letters(random, 14)}\n`,
  'line breaks at both ends': (random) => `\n${letters(random, 14)}\n`,
  'a dash before it': (random) => `--${letters(random, 12)}`,
  'an option': (random) => `-n${letters(random, 10)}`,
  'a comment': (random) => `# ${letters(random, 12)}`,
  'an assignment': (random) => `A=${letters(random, 6)};B=${letters(random, 6)}`,
  umlauts: (random) => `${letters(random, 5)}äöüß${letters(random, 5)}é`,
  'combining signs': (random) => `${letters(random, 5)}u\u0308e\u0301${letters(random, 5)}`,
  emoji: (random) => `${letters(random, 5)}😀👩‍💻${letters(random, 5)}`,
  'right to left': (random) => `${letters(random, 4)}שלום\u202e${letters(random, 6)}`,
  Chinese: (random) => `密码${letters(random, 6)}漢字`,
  'control characters': (random) => `${letters(random, 6)}\x01\x1b[31m\x7f${letters(random, 8)}`,
  'four kilobytes': (random) => letters(random, 4096),
  'a private key': (random) => {
    const lines = Array.from({ length: 24 }, () => letters(random, 64, `${LETTERS}+/`));
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  },
  JSON: (random) => `{"user": "app", "key": "${letters(random, 12)}\\n\\u00fc"}`,
  YAML: (random) => `user: app\nkey: '${letters(random, 12)}'\nmore: |\n  ${letters(random, 12)}\n`,
  'a URL': (random) => `postgres://app:${letters(random, 10)}@db.example/app?x=${letters(random, 5)}&y=%20`,
  base64: (random) => Buffer.from(letters(random, 31)).toString('base64'),
  'signs of base64': (random) => `${letters(random, 8)}+/${letters(random, 8)}==`,
  hexadecimal: (random) => letters(random, 40, '0123456789abcdef'),
  digits: (random) => letters(random, 12, '0123456789'),
  'a token of three parts': (random) => `eyJ${letters(random, 20)}.eyJ${letters(random, 20)}.${letters(random, 30)}-_`,
  'the mask inside': (random) => `${letters(random, 6)}********${letters(random, 6)}`,
  'a sign for what is missing': (random) => `${letters(random, 8)}…${letters(random, 8)}`,
  'the same again and again': (random) => letters(random, 4).repeat(6),
};
