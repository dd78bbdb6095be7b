import type { Freeze } from './freeze.ts';

/** So often that a freeze holds within two seconds on a slow disk, too. */
const LOOK_MS = 400;

/**
 * Tells once when a freeze begins. One that is there from the start is not told: it must end first. One look at a time: a disk that
 * does not answer holds up nothing but this. Resolves after the first look, with what ends the watch.
 */
export async function watchFreeze(
  look: () => Promise<Freeze | undefined>,
  tell: (freeze: Freeze) => void,
): Promise<() => void> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let isThere = (await look()) !== undefined;
  const again = async (): Promise<void> => {
    const freeze = await look();
    if (isOver) return;
    if (freeze !== undefined && !isThere) return tell(freeze);
    isThere = freeze !== undefined;
    wait();
  };
  const wait = (): void => {
    timer = setTimeout(() => void again(), LOOK_MS).unref();
  };
  wait();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
