#!/bin/sh
# The role that allows to read the settings, given to the account of this namespace.
set -e
kubectl -n taskmaster patch role backend-settings --type=json -p '[
  {"op": "replace", "path": "/rules/0/verbs", "value": ["get"]}
]'
kubectl -n taskmaster patch rolebinding backend-settings --type=json -p '[
  {"op": "replace", "path": "/subjects/0/namespace", "value": "taskmaster"}
]'
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
