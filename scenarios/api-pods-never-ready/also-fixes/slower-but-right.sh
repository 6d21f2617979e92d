#!/bin/sh
# Accepted: the right path, with a longer period.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/path", "value": "/api/health"},
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/periodSeconds", "value": 8}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
