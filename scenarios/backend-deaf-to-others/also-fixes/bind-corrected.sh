#!/bin/sh
# Accepted: the command stays, with the right address.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/command", "value": ["gunicorn", "--bind", "0.0.0.0:5000", "app:app"]}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
