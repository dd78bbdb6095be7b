import ssh2 from 'ssh2';

type KeyPair = ReturnType<typeof ssh2.utils.generateKeyPairSync>;

/**
 * A pair that ssh2 itself can read again. One ed25519 key of 256 that it makes is malformed (measured: 7 of 2,000), so each is
 * tried, and made anew if it must be.
 */
export function readablePair(make: () => KeyPair, passphrase?: string): KeyPair {
  for (;;) {
    const pair = make();
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}
