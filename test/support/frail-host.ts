import type { CommandResult } from '../../src/model/script.ts';
import type { Claim, Settled } from '../../src/model/transport.ts';
import type { SimulatedRequest } from '../../src/transports/memory.ts';
import { ScriptedHost } from './scripted-host.ts';

/** How a connection breaks under a request: before it reached the host, after it was carried out, or so that no claim of it is left. */
export type Cut = 'before' | 'after' | 'unclear';

/** A scripted host whose connection is cut under certain requests; what it carried out, its claims tell. */
export class FrailHost extends ScriptedHost {
  /** By the number of the request, from 1. */
  cuts: ReadonlyMap<number, Cut> = new Map();
  /** Called when the connection is cut, before that shows. */
  onCut: () => void = () => undefined;
  requests = 0;
  readonly #told = new Map<string, Settled>();

  override async respond(request: SimulatedRequest): Promise<CommandResult> {
    this.requests += 1;
    const cut = this.cuts.get(this.requests);
    const answer = cut === 'before' ? undefined : await super.respond(request);
    if (request.claim !== undefined) this.#told.set(nameOf(request.claim), toldOf(cut, answer));
    if (cut === undefined && answer !== undefined) return answer;
    this.onCut();
    return { ...NOTHING, end: { how: 'lost' } };
  }

  settle(claim: Claim): Settled {
    return this.#told.get(nameOf(claim)) ?? { state: 'not-started' };
  }
}

function toldOf(cut: Cut | undefined, answer: CommandResult | undefined): Settled {
  if (cut === 'unclear') return { state: 'unknown', why: 'what kept its claim was killed' };
  return answer === undefined ? { state: 'not-started' } : { state: 'ended', answer };
}

const nameOf = ({ step, attempt }: Claim): string => `${step}.${attempt}`;

const SILENT = { text: '', bytes: 0, sha256: '', truncated: false };
const NOTHING = { stdout: SILENT, stderr: SILENT, durationMs: 0 };
