/** What is done with cases on hosts. */
export interface Dealing<Case, End> {
  /** Once for a host, before its first case. Undefined: it can be used; else why not. */
  readonly begin: (host: string) => Promise<string | undefined>;
  readonly run: (one: Case, host: string) => Promise<End>;
  /** No host that could run it is left. */
  readonly unusable: (one: Case, host: string, why: string) => End;
}

/**
 * Gives each case to the first host that is free, in the order of the cases; a host has one at a time. Resolves when all that were
 * begun have ended; after `stop` no other is begun.
 */
export async function dealCases<Case, End>(
  cases: readonly Case[],
  hosts: readonly string[],
  { begin, run, unusable }: Dealing<Case, End>,
  stop: AbortSignal,
): Promise<readonly End[]> {
  const left = [...cases];
  const ends: End[] = [];
  const serve = async (host: string): Promise<string | undefined> => {
    const why = await begin(host);
    if (why !== undefined) return why;
    while (!stop.aborted) {
      const one = left.shift();
      if (one === undefined) break;
      ends.push(await run(one, host));
    }
    return undefined;
  };
  const used = hosts.slice(0, cases.length);
  const broken = await Promise.all(used.map(async (host) => ({ host, why: await serve(host) })));
  const [first] = broken.filter(({ why }) => why !== undefined);
  if (first?.why === undefined || stop.aborted) return ends;
  return [...ends, ...left.map((one) => unusable(one, first.host, first.why ?? ''))];
}
