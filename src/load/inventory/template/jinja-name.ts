/** A variable, what is taken out of it, and what stands in for it: `a.b['c'][0][d] | default('x')`. */
export interface JinjaName {
  readonly name: string;
  readonly members: readonly Member[];
  /** As it is written, a literal of Python. */
  readonly otherwise?: string;
}

export type Member =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'name'; readonly name: string };

const NAME = /^[A-Za-z_]\w*/;
const MEMBER = /\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d{1,9})|([A-Za-z_]\w*))\s*\])/y;
const DEFAULT = /^\s*(?:\|\s*(?:default|d)\s*\(([^(){}|]*)\))?$/;

/** What Ansible alone knows, while it runs. */
const NOT_WRITTEN =
  /^(?:hostvars|groups|group_names|vars|ansible_facts|playbook_dir|inventory_dir|inventory_file|role_path)$/;
/** To Jinja these are functions of a map before they are its keys. */
const METHODS = /^(?:clear|copy|fromkeys|get|items|keys|pop|popitem|setdefault|update|values)$/;

/** Undefined: it is something else of Jinja. No space stands around it. */
export function readJinjaName(expression: string): JinjaName | undefined {
  const [name] = NAME.exec(expression) ?? [];
  if (name === undefined || NOT_WRITTEN.test(name)) return undefined;
  const members: Member[] = [];
  MEMBER.lastIndex = name.length;
  let at = name.length;
  for (let found = MEMBER.exec(expression); found !== null; found = MEMBER.exec(expression)) {
    const [, attribute, single, double, index, inner] = found;
    if (attribute !== undefined && METHODS.test(attribute)) return undefined;
    members.push(memberOf(attribute ?? single ?? double, index, inner));
    at = MEMBER.lastIndex;
  }
  const rest = DEFAULT.exec(expression.slice(at));
  if (rest === null) return undefined;
  return { name, members, ...(rest[1] !== undefined && { otherwise: rest[1].trim() }) };
}

function memberOf(key: string | undefined, index: string | undefined, name = ''): Member {
  if (key !== undefined) return { kind: 'key', key };
  return index === undefined ? { kind: 'name', name } : { kind: 'index', index: Number(index) };
}
