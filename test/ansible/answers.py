"""Answers questions about inventories with the real Ansible: one JSON object a line in, one a line out, in that order.

{"sources": [path], "patterns": [[pattern, limit or null]], "vaultPassword": text or absent}
gives {"list", "graph", "hosts", "groups", "hostGroups", "patterns", "warnings"}, or {"error", "warnings"}.
"""

import json
import sys

OUT = sys.stdout
sys.stdout = sys.stderr  # what Ansible prints is no answer

from ansible import context
from ansible.errors import AnsibleError
from ansible.module_utils.common.collections import ImmutableDict
from ansible.utils.display import Display

WARNINGS = []
Display.warning = lambda self, message, formatted=False: WARNINGS.append(message)
Display.deprecated = lambda self, *_, **__: None
Display.error = lambda self, *_, **__: None

from ansible.cli.inventory import InventoryCLI
from ansible.inventory.group import Group
from ansible.inventory.manager import InventoryManager
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.vars.manager import VariableManager

context.CLIARGS = ImmutableDict(export=False, basedir=None, show_vars=False, pattern='all', yaml=False, toml=False)


def walk(self, relation, include_self=False, preserve_ordering=False):
    """Ansible's, but always in the same order: it goes through a set of groups, in the order of their addresses in memory."""
    found = dict.fromkeys([self] if include_self else [])
    level = [self]
    while level:
        level = [each for group in level for each in getattr(group, relation) if each not in found]
        found.update(dict.fromkeys(level))
    return list(found) if preserve_ordering else set(found)


Group._walk_relationship = walk


class OwnAll(InventoryManager):
    """Ansible's manager, but a glob or an expression is not a name for `all`: as its own documentation has it."""

    def _match_list(self, items, pattern_str):
        found = super()._match_list(items, pattern_str)
        return found if pattern_str == 'all' else [item for item in found if item != 'all']


def main():
    for line in sys.stdin:
        OUT.write(dump(answer(json.loads(line))) + '\n')
        OUT.flush()


def answer(question):
    WARNINGS.clear()
    try:
        loader = DataLoader()
        loader.set_basedir('/nonexistent')
        if 'vaultPassword' in question:
            loader.set_vault_secrets([('default', VaultSecret(question['vaultPassword'].encode()))])
        inventory = OwnAll(loader=loader, sources=question['sources'])
        found = describe(loader, inventory)
    except Exception as error:  # Ansible lets errors of Python through as well
        return {'error': f'{type(error).__name__}: {error}', 'warnings': list(WARNINGS)}
    found['warnings'] = list(WARNINGS)
    found['patterns'] = [select(inventory, pattern, limit) for pattern, limit in question['patterns']]
    return found


def describe(loader, inventory):
    shown = InventoryCLI.__new__(InventoryCLI)
    shown.loader = loader
    shown.inventory = inventory
    shown.vm = VariableManager(loader=loader, inventory=inventory)
    return {
        'list': json.loads(dump(shown.json_inventory(inventory.groups['all']))),
        'graph': shown.inventory_graph(),
        'hosts': list(inventory.hosts),
        'groups': [
            {
                'name': group.name,
                'hosts': [host.name for host in group.get_hosts()],
                'ownHosts': [host.name for host in group.hosts],
                'children': [child.name for child in group.child_groups],
            }
            for group in inventory.groups.values()
        ],
        'hostGroups': {name: sorted(group.name for group in host.get_groups()) for name, host in inventory.hosts.items()},
    }


def select(inventory, pattern, limit):
    WARNINGS.clear()
    inventory.clear_caches()
    try:
        inventory.subset(limit)
        hosts = [host.name for host in inventory.get_hosts(pattern)]
    except Exception as error:
        return {'error': f'{type(error).__name__}: {error}', 'warnings': list(WARNINGS)}
    return {'hosts': hosts, 'warnings': list(WARNINGS)}


def dump(value):
    text = json.dumps(value, cls=AnsibleJSONEncoder, preprocess_unsafe=True, vault_to_text=True, ensure_ascii=True)
    return json.dumps(json.loads(text, parse_constant=str, parse_int=whole), ensure_ascii=True)


def whole(digits):
    """As a text where JavaScript's numbers are not exact. JSON knows no Infinity either: it becomes its name."""
    return int(digits) if abs(int(digits)) <= 2 ** 53 - 1 else digits


main()
