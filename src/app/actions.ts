import { actions } from '../actions/index.ts';
import type { Action } from '../model/action.ts';

/** All actions by name. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map(actions.map((action) => [action.name, action]));
