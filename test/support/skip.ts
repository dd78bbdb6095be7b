type Runnable = Mocha.Runnable | Mocha.Suite;

const reasons = new WeakMap<Runnable, string>();

/**
 * Skips the running test, or when called from a hook every test of its suite, and lists them at the end of the test
 * run with `reason`. Throws mocha's own skip signal, so nothing after it runs.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable();
  const subject = isHook(runnable) && runnable.parent !== undefined ? runnable.parent : runnable;
  reasons.set(subject, reason);
  return context.skip();
}

/** Why `test` was skipped, said for itself or for the nearest suite around it. */
export function skipReason(test: Mocha.Test): string | undefined {
  for (let subject: Runnable | undefined = test; subject !== undefined; subject = subject.parent) {
    const reason = reasons.get(subject);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function isHook(runnable: Mocha.Runnable): runnable is Mocha.Hook {
  return 'type' in runnable && runnable.type === 'hook';
}
