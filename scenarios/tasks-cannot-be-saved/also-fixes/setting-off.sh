#!/bin/sh
# Accepted: the setting is said to be off.
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/args", "value": ["-c", "default_transaction_read_only=off"]}
]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
kubectl -n taskmaster rollout status deployment backend --timeout=120s
