#!/bin/sh
# The default account, which was enough before.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "remove", "path": "/spec/template/spec/serviceAccountName"},
  {"op": "remove", "path": "/spec/template/spec/serviceAccount"}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
