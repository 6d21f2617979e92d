#!/bin/sh
# Lets the readiness probe ask for the path that the application has.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/api/health"}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
