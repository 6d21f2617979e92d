#!/bin/sh
# Refused: no ready endpoints
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/command", "value": ["sleep", "infinity"]}
]'
