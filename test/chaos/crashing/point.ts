import { writeFileSync } from 'node:fs';

const { CRASH_AT, CRASH_POINTS_FILE } = process.env;
let reached = 0;

process.once('exit', () => {
  if (CRASH_POINTS_FILE !== undefined) writeFileSync(CRASH_POINTS_FILE, String(reached));
});

/** The same object, with a point at which this process may die right before and right after each call of these methods. */
export function crashing<T extends object>(target: T, methods: readonly (keyof T)[]): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...args: readonly unknown[]) => unknown;
      return methods.includes(name as keyof T) ? betweenPoints(method) : method;
    },
  });
}

function betweenPoints(method: (...args: readonly unknown[]) => unknown): (...args: readonly unknown[]) => unknown {
  return async (...args) => {
    point();
    const answer = await method(...args);
    point();
    return answer;
  };
}

function point(): void {
  reached += 1;
  if (reached === Number(CRASH_AT)) process.kill(process.pid, 'SIGKILL');
}
