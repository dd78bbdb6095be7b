import { RISKS } from '../../model/action.ts';
import { MOST_FORKS } from '../../model/configuration.ts';
import type { Caps, PolicyRule } from '../../model/policy.ts';
import type { CheckedMap } from '../checked-map.ts';
import { headOf } from '../yaml/node.ts';
import { readCondition } from './condition.ts';
import type { ConfigurationContext } from './part.ts';

/** The rules of `policy`, in their order. */
export function readPolicy(root: CheckedMap, context: ConfigurationContext): readonly PolicyRule[] {
  return root.maps('policy').map((map, index) => readRule(map, index + 1, context));
}

function readRule(map: CheckedMap, number: number, context: ConfigurationContext): PolicyRule {
  const name = map.text('name', 'a text that says what it is for');
  const repair = map.flag('repair');
  if (repair === true) {
    map.report.error('E_VALUE', map.keyOf('repair'), 'repair: true says nothing: a rule only tightens', RULE_HINT);
  }
  const maxRisk = map.choice('max_risk', RISKS);
  const caps = readCaps(map);
  if (!DOES.some((key) => map.at(key) !== undefined)) {
    map.report.error('E_REQUIRED', headOf(map.node), 'the rule does nothing', RULE_HINT);
  }
  const unless = map.map('unless');
  return {
    name: name ?? `rule ${number}`,
    when: readCondition(map.map('when'), context),
    ...(unless !== undefined && { unless: readCondition(unless, context) }),
    repair: repair !== false,
    ...(maxRisk !== undefined && { maxRisk }),
    caps,
    at: map.report.lines.range(headOf(map.node)),
  };
}

const DOES = ['repair', 'max_risk', 'max_failures', 'max_unreachable', 'brake', 'forks'];
const RULE_HINT = 'write repair: false, or one of max_risk, max_failures, max_unreachable, brake, forks';

function readCaps(map: CheckedMap): Caps {
  const maxFailures = map.share('max_failures');
  const maxUnreachable = map.share('max_unreachable');
  const brakePercent = map.percent('brake');
  const forks = map.number('forks', 1, MOST_FORKS);
  return {
    ...(maxFailures !== undefined && { maxFailures }),
    ...(maxUnreachable !== undefined && { maxUnreachable }),
    ...(brakePercent !== undefined && { brakePercent }),
    ...(forks !== undefined && { forks }),
  };
}
