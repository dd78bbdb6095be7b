/** That a host's key was unknown and is believed from now on. `why`: it could not be written down. */
export const learnedKey = (key: string, file: string, why: string | undefined): string =>
  why === undefined
    ? `the host was unknown: its ${key} is now in ${file}`
    : `the host is unknown: its ${key} is believed, but could not be added to ${file}: ${why}`;
