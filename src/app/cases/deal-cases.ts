/**
 * Gives each case to the first host that is free, in the order of the cases; a host has one at a time. `begin` is called once for
 * a host before its first case. Resolves when all that were begun have ended; after `stop` no other is begun.
 */
export async function dealCases<Case, End>(
  cases: readonly Case[],
  hosts: readonly string[],
  work: {
    readonly begin: (host: string) => Promise<string | undefined>;
    readonly run: (one: Case, host: string) => Promise<End>;
    /** The host could not be set up: none of its cases is run. */
    readonly unusable: (one: Case, host: string, why: string) => End;
  },
  stop: AbortSignal,
): Promise<readonly End[]> {
  const left = [...cases];
  const ends: End[] = [];
  const serve = async (host: string): Promise<void> => {
    if (left.length === 0 || stop.aborted) return;
    const why = await work.begin(host);
    for (let one = left.shift(); one !== undefined && !stop.aborted; one = left.shift()) {
      ends.push(why === undefined ? await work.run(one, host) : work.unusable(one, host, why));
      if (why !== undefined) return;
    }
  };
  await Promise.all(hosts.map(serve));
  return ends;
}
