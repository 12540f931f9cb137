"""moto's server, with transactions that are quick and leave the writes of others alone.

Run by moto's own Python. To be able to take a transaction back, moto copies every table that it
names, whole. Here the copy has copies of the items that the transaction names, and shares all others,
which it does not change. And as putting the copy back would undo whatever others wrote meanwhile, one
request is carried out at a time. To answer a query, moto sorts all items by comparisons of its own:
here by the plain values of their keys, which are strings in all our tables.
"""

import copy
import runpy
import sys
import threading
from collections import defaultdict

# The folder of this file has modules that moto does not mean.
del sys.path[0]

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

# The transaction that a thread carries out.
running = threading.local()
transact_write_items = DynamoDBBackend.transact_write_items
call_action = DynamoHandler.call_action
turn = threading.Lock()


class Copies:
    """What stands for the module `copy` where moto's DynamoDB uses it."""

    def __getattr__(self, name):
        return getattr(copy, name)

    @staticmethod
    def deepcopy(thing, *memo):
        operations = getattr(running, "operations", None)
        if operations is None or not isinstance(thing, Table):
            return copy.deepcopy(thing, *memo)
        return copy_of(thing, operations)


def copy_of(table, operations):
    """A table that can be put back when these operations have failed."""
    copied = copy.copy(table)
    copied.items = defaultdict(dict, table.items)
    for operation in operations:
        if operation["TableName"] == table.name:
            key = DynamoType(operation.get("Key", operation.get("Item"))[table.hash_key_attr])
            if key in table.items:
                copied.items[key] = copy.deepcopy(table.items[key])
    return copied


def transact(self, transact_items):
    running.operations = [operation for item in transact_items for operation in item.values()]
    try:
        return transact_write_items(self, transact_items)
    finally:
        running.operations = None


def one_at_a_time(self):
    with turn:
        return call_action(self)


def all_items(self):
    inside = self.items.values()
    items = [one for each in inside for one in each.values()] if self.range_key_attr else inside
    return sorted(items, key=plain_key)


def plain_key(item):
    return item.hash_key.value, item.range_key.value if item.range_key else ""


models.copy = Copies()
Table.all_items = all_items
DynamoHandler.call_action = one_at_a_time
DynamoDBBackend.transact_write_items = transact

if __name__ == "__main__":
    runpy.run_module("moto.server", run_name="__main__")
