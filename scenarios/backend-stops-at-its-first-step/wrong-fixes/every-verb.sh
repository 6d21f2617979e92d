#!/bin/sh
# Refused: Role/backend-settings has a wildcard
set -e
kubectl -n taskmaster patch role backend-settings --type=json -p '[
  {"op": "replace", "path": "/rules/0/verbs", "value": ["*"]}
]'
kubectl -n taskmaster delete pods -l app=backend
